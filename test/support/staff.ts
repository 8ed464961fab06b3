import { pino } from 'pino';
import { type Acted, createAct } from '../../api/acting.js';
import { createTeller } from '../../api/telling.js';
import type { StaffActionName } from '../../store/actions.js';
import type { World } from './world.js';

/** A staff action as support takes it, without the pages. */
export function actAs(
  world: Pick<World, 'store' | 'policy' | 'gateway' | 'now'>,
  onboardingId: string,
  name: StaffActionName,
  email?: string,
): Promise<Acted> {
  const { store, policy, gateway } = world;
  const log = pino({ level: 'silent' });
  const act = createAct({ store, policy, gateway, log, tell: createTeller({ store, gateway, log }) });
  return act({
    onboardingId,
    name,
    ...(email !== undefined && { email }),
    actor: { kind: 'support', id: 'support-person' },
    reason: 'a reason',
    at: world.now(),
  });
}
