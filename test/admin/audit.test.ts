import assert from 'node:assert/strict';
import { UsageError } from '../../admin/command.js';
import { auditCommand } from '../../admin/commands/audit.js';
import { personAt } from '../security/people.js';
import { atTerminal } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';

describe('admin audit', function () {
  this.timeout(60_000);
  let world: World;
  let id: string;
  beforeEach(async () => {
    world = await startWorld();
    ({ id } = await personAt(world, 'revoked'));
    await world.sweep();
  });
  afterEach(() => world?.stop());

  const audit = (...args: string[]) => atTerminal(world, auditCommand, ...args);
  const noted = async () => {
    const { lines } = await audit();
    return /^Last checkpoint: (\d+:\S+)/.exec(lines.at(-2) ?? '')?.[1] ?? '';
  };

  it('says that all is whole, and names the last checkpoint', async () => {
    const { code, lines } = await audit();
    assert.deepEqual([code, lines.at(-1)], [0, 'The audit trail is whole.']);
    assert.equal((await audit('--expect', await noted())).code, 0);
  });

  it('names the row that is missing at the end of a chain', async () => {
    await world.store.audit.model.deleteOne({ _id: `${id}:1` });
    const { code, lines } = await audit();
    assert.equal(code, 1);
    assert.equal(lines[0], `sealed-row  ${id}:1`);
  });

  it('misses a checkpoint that was noted before trail and checkpoints were cut together', async () => {
    const before = await noted();
    await world.store.audit.model.deleteMany({ chain: id });
    await world.store.audit.checkpoints.model.deleteMany({});
    assert.equal((await audit()).code, 0);
    const { code, lines } = await audit('--expect', before);
    assert.deepEqual([code, lines[0]], [1, 'expected-checkpoint  1']);
  });

  it('reads its arguments strictly', async () => {
    await assert.rejects(audit('--expect', 'yesterday'), UsageError);
  });
});
