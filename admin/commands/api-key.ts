import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { canonicalEmail } from '../../store/addresses.js';
import { type ApiKey, newApiKey } from '../../store/api-keys.js';
import { later } from '../../store/steps.js';
import { type AdminServices, type Command, nameFrom, required, type Say, UsageError } from '../command.js';

const DAY = 24 * 3_600_000;
const LONGEST_LIFE = 366;

export const apiKeyCommand: Command = {
  help: `api-key create --team ID --owner-name NAME --owner-email ADDRESS [--days N]
    Prints a new key for the REST API, once; only a hash of it is kept. It works for N days (365).
    News of its invitations go to the owner.
  api-key list
    Every key's id, team, owner, and until when it works.
  api-key revoke --id ID
    Ends a key at once.`,

  async run(services, [verb, ...args], say) {
    if (verb === 'create') return create(services, args, say);
    if (verb === 'list') return list(services, args, say);
    if (verb === 'revoke') return revoke(services, args, say);
    throw new UsageError('api-key needs one of create, list, revoke');
  },
};

async function create({ store, clock }: AdminServices, args: readonly string[], say: Say): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      team: { type: 'string' },
      'owner-name': { type: 'string' },
      'owner-email': { type: 'string' },
      days: { type: 'string', default: '365' },
    },
  });
  const teamId = required(values, 'team');
  const ownerName = nameFrom(values, 'owner-name');
  const ownerEmail = canonicalEmail(required(values, 'owner-email'));
  if (!ownerEmail) throw new UsageError('--owner-email must be one plain address');
  const days = /^\d{1,3}$/.test(values.days) ? Number(values.days) : 0;
  if (days < 1 || days > LONGEST_LIFE) throw new UsageError(`--days must be from 1 to ${LONGEST_LIFE}`);
  if (!(await store.teams.find(teamId))) throw new UsageError(`There is no team ${teamId}`);

  const at = clock();
  const _id = randomUUID();
  const key = newApiKey();
  const expiresAt = later(at, days * DAY);
  await store.apiKeys.ensure({ _id, key, teamId, ownerName, ownerEmail, createdAt: at, expiresAt });
  say(key);
  say(`Keep it now: it cannot be shown again. Its id is ${_id}; it works until ${expiresAt.toISOString()}.`);
  return 0;
}

async function list({ store, clock }: AdminServices, args: readonly string[], say: Say): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  for (const key of await store.apiKeys.all()) {
    say([key._id, key.teamId, key.ownerName, stateOf(key, clock())].join('  '));
  }
  return 0;
}

function stateOf({ revokedAt, expiresAt }: ApiKey, at: Date): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  return `${expiresAt > at ? 'works until' : 'expired'} ${expiresAt.toISOString()}`;
}

async function revoke({ store, clock }: AdminServices, args: readonly string[], say: Say): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { id: { type: 'string' } } });
  const id = required(values, 'id');
  if (!(await store.apiKeys.find(id))) {
    say(`There is no key ${id}.`);
    return 1;
  }
  await store.apiKeys.revoke(id, clock());
  say(`Revoked ${id}.`);
  return 0;
}
