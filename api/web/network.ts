import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The part of a network address that whoever is there cannot choose: of IPv6 the first 64 bits (RFC 6177), of IPv4 all. */
export function networkOf(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [front = '', back] = address.split('::');
  const groups = front.split(':').filter(Boolean);
  const rest = (back ?? '').split(':').filter(Boolean);
  // What `::` stands for; an IPv4 address at the end is too far back to matter.
  const zeros = back === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...rest];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
