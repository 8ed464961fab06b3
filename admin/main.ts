import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino } from 'pino';
import { DomainError } from '../api/errors.js';
import { createInviter } from '../api/inviting.js';
import { createTeller } from '../api/telling.js';
import { readAdminConfig } from '../config/read.js';
import { openStore } from '../store/open.js';
import { createGateway } from '../workflows/client/gateway.js';
import { type AdminServices, type Command, UsageError } from './command.js';
import { apiKeyCommand } from './commands/api-key.js';
import { auditCommand } from './commands/audit.js';
import { doctorCommand } from './commands/doctor.js';
import { inviteCommand } from './commands/invite.js';
import { migrate, migrateHelp } from './commands/migrate.js';
import { reset, resetHelp } from './commands/reset.js';
import { type AdminEnvironment, settingsFor } from './local-settings.js';

/** `npm run admin -- COMMAND …`: what is done at the terminal, by whoever may reach the database. */
const COMMANDS: Readonly<Record<string, Command>> = {
  invite: inviteCommand,
  'api-key': apiKeyCommand,
  doctor: doctorCommand,
  audit: auditCommand,
};
/** Those that work without the store. */
const HELP_BESIDE: Readonly<Record<string, string>> = { migrate: migrateHelp, reset: resetHelp };
const HELP = `npm run admin -- COMMAND

  ${[...Object.values(COMMANDS).map(({ help }) => help), ...Object.values(HELP_BESIDE)].join('\n\n  ')}

Settings come from the environment (MONGODB_URI, TEMPORAL_ADDRESS), or else from the running npm start.`;

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

async function run([name = 'help', ...args]: readonly string[]): Promise<number> {
  const asksForHelp = ['help', '--help', '-h'].includes(name) || args.includes('--help');
  const command = COMMANDS[name];
  if (asksForHelp) {
    say(command?.help ?? HELP_BESIDE[name] ?? HELP);
    return 0;
  }
  try {
    if (name === 'reset') return await reset(process.env, args, say);
    if (name === 'migrate')
      return await migrate(readAdminConfig(settingsFor(process.env)).MONGODB_URI, args, say);
    if (!command) throw new UsageError(`There is no command ${name}`);
    return await withServices(settingsFor(process.env), (services) => command.run(services, args, say));
  } catch (error) {
    if (isUsage(error)) {
      complain(error.message);
      complain(command?.help ?? HELP_BESIDE[name] ?? HELP);
      return 2;
    }
    if (error instanceof DomainError) {
      complain(`Refused: ${error.code}${error.more.detail ? ` (${error.more.detail})` : ''}`);
      return 1;
    }
    throw error;
  }
}

/** `parseArgs` throws TypeErrors with codes of its own. */
function isUsage(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

async function withServices(
  env: AdminEnvironment,
  work: (services: AdminServices) => Promise<number>,
): Promise<number> {
  const config = readAdminConfig(env);
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(given),
  });
  const log = pino({ name: 'admin', level: config.LOG_LEVEL }, pino.destination(2));
  const store = await openStore({ uri: config.MONGODB_URI, policy: config.policy });
  const connection = Connection.lazy(connectionOptions);
  const gateway = createGateway(new Client({ connection, namespace }));
  // The terminal ends after this: it waits until the nudge is through, or has failed.
  const tell = createTeller({ store, gateway, log, patience: 20_000 });
  const { policy } = config;
  try {
    return await work({
      store,
      policy,
      gateway,
      invite: createInviter({ store, policy, tell }),
      clock: () => new Date(),
      brandName: config.BRAND_NAME,
    });
  } finally {
    await Promise.allSettled([store.close(), connection.close()]);
  }
}

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  complain(error instanceof Error ? error.message : String(error));
  return 1;
});
