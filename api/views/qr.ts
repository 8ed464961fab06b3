import { encode } from 'uqr';
import { escapeHtml, type Markup, markup } from './markup.js';

/** Light modules around the code, without which readers do not find it (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * A QR code in the page itself, so that it stands in no address and no cache. Attributes only, no style: the content policy
 * allows none. Black on white in every colour scheme, or cameras do not read it.
 */
export function qrMarkup(text: string, label: string): Markup {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const runs = data.flatMap((row, y) =>
    [...row.map(Number).join('').matchAll(/1+/g)].map(
      ({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`,
    ),
  );
  return markup(
    `<svg class="app-qr" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path fill="#000" d="${runs.join('')}"/></svg>`,
  );
}
