import { pino } from 'pino';
import type { AdminServices, Command } from '../../admin/command.js';
import { doctorCommand } from '../../admin/commands/doctor.js';
import { createInviter } from '../../api/inviting.js';
import { createTeller } from '../../api/telling.js';
import type { World } from './world.js';

/** A command of `npm run admin` against a world, in this process. */
export async function atTerminal(
  { store, policy, gateway, now }: Pick<World, 'store' | 'policy' | 'gateway' | 'now'>,
  command: Command,
  ...args: string[]
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const tell = createTeller({ store, gateway, log: pino({ level: 'silent' }) });
  const services: AdminServices = {
    store,
    policy,
    gateway,
    invite: createInviter({ store, policy, tell }),
    clock: now,
    brandName: 'Huma',
  };
  const code = await command.run(services, args, (line) => lines.push(line));
  return { code, lines };
}

/** What `doctor` finds: `<id> <problem>` each, and what it says of it. */
export async function doctorFindings(world: Parameters<typeof atTerminal>[0]): Promise<string[]> {
  const { code, lines } = await atTerminal(world, doctorCommand);
  // The last line counts them.
  return code === 0 ? [] : lines.slice(0, -1).map(nameOf);
}

const nameOf = (line: string): string => {
  const [id, , ...rest] = line.split('  ');
  return [id, ...rest].join(' ');
};
