import { effectiveStage } from '../deadlines.js';
import type { Link, LinkPurpose, Onboarding } from '../facts.js';
import type { Refusal } from './step.js';

/** Links kept in the document, so that an old one is recognised and answered; of those for a new password fewer. */
const LINKS_KEPT = 12;
const RESETS_KEPT = 5;

export const newLink = (id: string, purpose: LinkPurpose, at: Date): Link => ({
  id,
  purpose,
  issuedAt: at,
  sends: 1,
  lastSendAt: at,
});

export const currentLink = (o: Onboarding): Link | undefined => o.links.find(({ id }) => id === o.linkId);

/** When a mail with a link of the way in was last asked for. */
export const lastMailAt = (o: Onboarding): Date | undefined =>
  o.links.findLast(({ purpose }) => purpose !== 'password-reset')?.lastSendAt;

/** The links with the current one closed. */
export function closeLink(o: Onboarding, outcome: NonNullable<Link['outcome']>): Link[] {
  return o.links.map((link) => (link.id === o.linkId ? { ...link, outcome } : link));
}

export const withLink = (links: Link[], link: Link) => ({ links: kept([...links, link]), linkId: link.id });

export const resetLink = (o: Onboarding): Link | undefined => o.links.find(({ id }) => id === o.resetLinkId);

/** The links with the one for a new password closed: once it was used, and where something changes that it was asked for. */
export function closeReset(o: Onboarding, outcome: NonNullable<Link['outcome']>): Link[] {
  const open = resetLink(o);
  return o.links.map((link) => (link === open ? { ...link, outcome } : link));
}

export const withReset = (links: Link[], link: Link) => ({
  links: kept([...links, link]),
  resetLinkId: link.id,
});

/** Anybody can ask for links for a new password: however many push out none that the way in is at. */
function kept(links: readonly Link[]): Link[] {
  const resets = links.filter(({ purpose }) => purpose === 'password-reset');
  const wayIn = links.filter(({ purpose }) => purpose !== 'password-reset');
  return [...resets.slice(-RESETS_KEPT), ...wayIn.slice(-LINKS_KEPT)];
}

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
  if ((purpose === 'password-reset' ? o.resetLinkId : o.linkId) !== linkId)
    return { refused: 'link-superseded' };
  if (link.expiresAt && at > link.expiresAt) return { refused: 'link-expired' };
  const stage = effectiveStage(o, at);
  if (stage === 'expired' || stage === 'blocked') return { refused: 'link-expired' };
  return undefined;
}
