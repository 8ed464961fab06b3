import type { Request } from 'express';
import type { Visitor } from '../../monitoring/metrics.js';

/** Words in the names that programs give themselves; many scanners pass for browsers, so this is a lower bound. */
const PROGRAM =
  /bot\b|crawl|spider|scan|preview|monitor|curl|wget|python|java\/|go-http|okhttp|headless|proofpoint|mimecast|barracuda|defender|safelinks|symantec|trendmicro|forcepoint/i;
const LONGEST_NAME = 400;

/** Who seems to have opened a mailed link (SECURITY.md row 11). For counting only: everybody is answered alike. */
export function visitorOf(req: Request): Visitor {
  if (req.method === 'HEAD') return 'head';
  const purpose = req.get('sec-purpose') ?? req.get('purpose') ?? req.get('x-moz') ?? '';
  if (/prefetch|prerender|preview/i.test(purpose.slice(0, 100))) return 'prefetch';
  const name = req.get('user-agent') ?? '';
  return name === '' || PROGRAM.test(name.slice(0, LONGEST_NAME)) ? 'scanner' : 'person';
}
