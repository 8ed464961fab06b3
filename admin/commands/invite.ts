import { parseArgs } from 'node:util';
import type { Role } from '../../store/facts.js';
import type { Store } from '../../store/open.js';
import { type Command, nameFrom, required, UsageError } from '../command.js';

const ROLES: readonly Role[] = ['clinician', 'team-lead', 'support'];

/** How staff come in: the same workflow as everybody, with another role. */
export const inviteCommand: Command = {
  help: `invite --email ADDRESS --role support|team-lead|clinician --team ID
       [--team-name NAME --time-zone ZONE] [--first-name NAME] [--last-name NAME]
       [--message TEXT] [--locale TAG] [--inviter-name NAME]
    Mails an invitation and prints its reference. A team that does not exist yet is made when
    --team-name is given; times are shown in --time-zone (Europe/London unless given).
    The mail names --inviter-name as the inviter (the brand unless given).`,

  async run({ store, invite, clock, brandName }, args, say) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        email: { type: 'string' },
        role: { type: 'string' },
        team: { type: 'string' },
        'team-name': { type: 'string' },
        'time-zone': { type: 'string' },
        'first-name': { type: 'string' },
        'last-name': { type: 'string' },
        message: { type: 'string' },
        locale: { type: 'string' },
        'inviter-name': { type: 'string' },
      },
    });
    const email = required(values, 'email');
    const role = ROLES.find((each) => each === required(values, 'role'));
    if (!role) throw new UsageError(`--role must be one of ${ROLES.join(', ')}`);
    const teamId = required(values, 'team');
    const inviter = values['inviter-name'] === undefined ? brandName : nameFrom(values, 'inviter-name');
    await ensureTeam(store, { teamId, name: values['team-name'], timeZone: values['time-zone'] });

    const { 'first-name': firstName, 'last-name': lastName, message } = values;
    const { created, onboarding } = await invite({
      caller: { kind: 'service', id: 'admin', name: inviter, teamId },
      request: {
        email,
        role,
        locale: values.locale ?? 'en',
        ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
        ...(message !== undefined && { message }),
      },
      at: clock(),
    });
    if (!created && onboarding.role !== role) {
      say(`${onboarding._id}`);
      say(`Not invited: this address came in before, as ${onboarding.role} (now ${onboarding.stage}).`);
      return 1;
    }
    say(onboarding._id);
    if (!created) say(`This address was invited before (now ${onboarding.stage}).`);
    return 0;
  },
};

async function ensureTeam(
  store: Store,
  {
    teamId,
    name,
    timeZone = 'Europe/London',
  }: { teamId: string; name: string | undefined; timeZone?: string | undefined },
): Promise<void> {
  if (!Intl.supportedValuesOf('timeZone').includes(timeZone) && timeZone !== 'UTC')
    throw new UsageError('--time-zone must be an IANA zone such as Europe/London');
  if (name !== undefined) return void (await store.teams.ensure({ _id: teamId, name, timeZone }));
  if (!(await store.teams.find(teamId)))
    throw new UsageError(`There is no team ${teamId}: give --team-name to make it`);
}
