/**
 * Whether a reminder of the invitation has been overtaken while nobody could send it: the next one is due as well, or the
 * invitation itself was not out when it should have been reminded of. Times are milliseconds since the epoch.
 */
export function isOvertaken({
  nth,
  remindAt,
  invitationOut,
  at,
}: {
  /** 1 is the first. */
  nth: number;
  remindAt: readonly number[];
  /** When the mail server took it; `never` where it was refused, so that the reminder is what brings the link. */
  invitationOut: number | 'never' | undefined;
  at: number;
}): boolean {
  if (remindAt.filter((moment) => moment <= at).length > nth) return true;
  if (invitationOut === 'never') return false;
  return invitationOut === undefined || invitationOut > (remindAt[nth - 1] ?? at);
}
