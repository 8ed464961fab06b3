/**
 * A string of JSON with the colon that makes it a key, or a bracket that opens or closes an object. The closing quote may be
 * missing: an unfinished string is then passed over once, not once from each quote in it.
 */
const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|[{}]/gs;

/**
 * For body-parser's `verify`: refuses JSON that two readers could read differently, so that no gateway on the way checks one
 * address while we write to another. UTF-8 without repeated keys (RFC 8259 §8.1 and §4); anything else is left to the parser.
 */
export function unambiguous(_req: unknown, _res: unknown, body: Buffer, encoding: string): void {
  if (encoding.toLowerCase() !== 'utf-8')
    throw Object.assign(new Error('Another character set'), { status: 415 });
  const open: Set<string>[] = [];
  for (const [token, text, colon] of body.toString('utf8').matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (text && colon) {
      const keys = open.at(-1);
      const key: unknown = JSON.parse(text);
      if (keys?.has(String(key))) throw Object.assign(new Error('A repeated key'), { status: 400 });
      keys?.add(String(key));
    }
  }
}
