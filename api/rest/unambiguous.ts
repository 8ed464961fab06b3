/**
 * A string of JSON with the colon that makes it a key, or a bracket that opens or closes something. The closing quote may be
 * missing: an unfinished string is then passed over once, not once from each quote in it.
 */
const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|[{}[\]]/gs;
/** What callers send is two deep. Two kilobytes unpack to two million brackets, and each would cost memory here and in the parser. */
const DEEPEST = 32;

/**
 * For body-parser's `verify`: refuses JSON that two readers could read differently, so that no gateway on the way checks one
 * address while we write to another. UTF-8 without repeated keys (RFC 8259 §8.1 and §4), nested no deeper than a reader must
 * follow (§9); anything else is left to the parser.
 */
export function unambiguous(_req: unknown, _res: unknown, body: Buffer, encoding: string): void {
  if (encoding.toLowerCase() !== 'utf-8') throw refusal(415, 'Another character set');
  /** Of each bracket that is open, the keys so far. */
  const open: (Set<string> | undefined)[] = [];
  for (const [token, text, colon] of body.toString('utf8').matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.length === DEEPEST) throw refusal(400, 'Nested too deep');
      open.push(undefined);
    } else if (token === '}' || token === ']') open.pop();
    else if (text && colon && open.length > 0) {
      const keys = open.at(-1) ?? new Set();
      const key: unknown = JSON.parse(text);
      if (keys.has(String(key))) throw refusal(400, 'A repeated key');
      keys.add(String(key));
      open[open.length - 1] = keys;
    }
  }
}

const refusal = (status: 400 | 415, what: string): Error => Object.assign(new Error(what), { status });
