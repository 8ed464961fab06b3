import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { startTemporal, type TemporalService } from '../../dev/services/temporal.js';
import { newDir } from '../dev/services-support.js';
import { assertNothingLeft } from '../support/aftermath.js';
import { eventually } from '../support/eventually.js';
import {
  createAccount,
  enterCode,
  enterNumber,
  invited,
  linkFromMail,
  newNumber,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { actAs } from '../support/staff.js';
import { startWorld, type World } from '../support/world.js';

/** As after thousands of signals: Temporal suggests a new history, here after a few events. */
describe('a workflow that goes on in another history', function () {
  this.timeout(60_000);
  let dataDir: string;
  let temporal: TemporalService;
  let world: World;
  before(async () => {
    dataDir = newDir();
    const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': 12 };
    temporal = await startTemporal({ dataDir, env: process.env, report: () => {}, dynamicConfig });
    world = await startWorld({ temporal, policy: { resendCooldown: 1 } });
  });
  after(async () => {
    await world?.stop();
    await temporal?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('sends nothing twice, is found by everybody who asks, and comes to the same end', async () => {
    const invitation = await invited(world);
    const { id, email } = invitation;
    for (let n = 0; n < 3; n++)
      await world.gateway.nudge((await world.store.onboardings.find(id)) ?? assert.fail());
    await createAccount(invitation);
    await linkFromMail(world, email, 'verify');
    const before = world.inbox.mails.length;
    await actAs(world, id, 'resend');
    await linkFromMail(world, email, 'verify', before);
    await verifyEmail(world, invitation);
    const number = newNumber();
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);

    const ends = await eventually('the last one has ended', async () => {
      const runs: string[] = [];
      const query = `WorkflowId = "onboarding-${id}-1"`;
      for await (const { status } of world.client.workflow.list({ query })) runs.push(status.name);
      return runs.includes('COMPLETED') && runs.sort();
    });
    assert.ok(ends.length > 3, `${ends}`);
    assert.deepEqual(ends, ['COMPLETED', ...Array(ends.length - 1).fill('CONTINUED_AS_NEW')]);
    const mails = world.inbox.mails.filter(({ to }) => to === email).map(({ subject }) => subject);
    assert.deepEqual(mails, [
      'Dr Alex Morgan invites you to join Cardiology, Demo Hospital on Huma',
      'Verify your email for Huma',
      'Verify your email for Huma',
    ]);
    assert.equal(world.inbox.texts.length, 1);
    await assertNothingLeft(world);
  });

  it('answers whoever waits for it meanwhile', async () => {
    const { id } = await invited(world);
    const o = (await world.store.onboardings.find(id)) ?? assert.fail();
    for (let round = 0; round < 10; round++) {
      const asked = [1, 2, 3].map(() => world.gateway.act({ ...o, seq: o.seq + round }, 10_000));
      await Promise.all([world.gateway.nudge(o), ...asked, world.gateway.nudge(o)]);
      for (const answer of await Promise.all(asked)) assert.equal(answer?.stage, 'invited');
    }
  });
});
