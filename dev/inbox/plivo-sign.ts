import { createHmac, randomInt } from 'node:crypto';

export interface SignedCallback {
  url: string;
  headers: { 'X-Plivo-Signature-V3': string; 'X-Plivo-Signature-V3-Nonce': string };
}

/**
 * Signs a callback as Plivo does (V3): HMAC-SHA256 with the auth token over the address without its query, `?`, the
 * query sorted, `.` if there was one, for POST the sorted parameters run together, `.` and the nonce.
 * Written apart from the verifier in `api`, so that one mistake cannot hide in both.
 * A GET carries the parameters in its query, so the returned `url` is the one to call.
 */
export function signCallback({
  method,
  url,
  params,
  authToken,
  nonce = String(randomInt(2 ** 47)).padStart(20, '1'),
}: {
  method: 'GET' | 'POST';
  url: string;
  params: Record<string, string>;
  authToken: string;
  nonce?: string;
}): SignedCallback {
  const target = new URL(url);
  if (method === 'GET')
    for (const [name, value] of Object.entries(params)) target.searchParams.append(name, value);

  const query = [...target.searchParams].map(([name, value]) => ({ name, pair: `${name}=${value}` }));
  query.sort((a, b) => (a.name === b.name ? compare(a.pair, b.pair) : compare(a.name, b.name)));
  const posted = method === 'POST' ? Object.keys(params).sort(compare) : [];

  let signed = `${target.origin}${target.pathname}`;
  if (query.length > 0 || posted.length > 0) signed += `?${query.map(({ pair }) => pair).join('&')}`;
  if (query.length > 0 && posted.length > 0) signed += '.';
  signed += posted.map((name) => `${name}${params[name]}`).join('');
  const signature = createHmac('sha256', authToken).update(`${signed}.${nonce}`).digest('base64');
  return {
    url: target.href,
    headers: { 'X-Plivo-Signature-V3': signature, 'X-Plivo-Signature-V3-Nonce': nonce },
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
