import { effectiveStage, type Link, type LinkPurpose, type Onboarding } from '../facts.js';
import type { Refusal } from './step.js';

/** Links kept in the document, so that an old one is recognised and answered. */
const LINKS_KEPT = 12;

export const newLink = (id: string, purpose: LinkPurpose, at: Date): Link => ({
  id,
  purpose,
  issuedAt: at,
  sends: 1,
  lastSendAt: at,
});

export const currentLink = (o: Onboarding): Link | undefined => o.links.find(({ id }) => id === o.linkId);

/** The links with the current one closed. */
export function closeLink(o: Onboarding, outcome: NonNullable<Link['outcome']>): Link[] {
  return o.links.map((link) => (link.id === o.linkId ? { ...link, outcome } : link));
}

export const withLink = (links: Link[], link: Link) => ({
  links: [...links, link].slice(-LINKS_KEPT),
  linkId: link.id,
});

/** The links with the current one's mail asked for once more. */
export function sentAgain(o: Onboarding, at: Date): Link[] {
  return o.links.map((link) =>
    link.id === o.linkId ? { ...link, sends: link.sends + 1, lastSendAt: at } : link,
  );
}

/** Why a link does not count (any more), or undefined where it does. */
export function linkRefusal(
  o: Onboarding,
  linkId: string,
  purpose: LinkPurpose,
  at: Date,
): Refusal | undefined {
  const link = o.links.find((candidate) => candidate.id === linkId && candidate.purpose === purpose);
  if (!link) return { refused: 'link-unknown' };
  if (link.outcome) return { refused: `link-${link.outcome}` };
  if (o.linkId !== linkId) return { refused: 'link-superseded' };
  const stage = effectiveStage(o, at);
  if (stage === 'expired' || stage === 'blocked') return { refused: 'link-expired' };
  return undefined;
}
