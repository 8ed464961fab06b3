import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import { createLog } from '../../monitoring/logging.js';
import { temporalLogger } from '../../worker/runtime.js';
import { eventually } from '../support/eventually.js';
import { createAccount, invited, linkFromMail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';

type Line = Record<string, unknown>;

/** Lines that a log has written so far. */
function reader() {
  const to = new PassThrough();
  let text = '';
  to.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const lines = (): Line[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  return { to, lines };
}

describe('logs', function () {
  this.timeout(60_000);
  const { to, lines } = reader();
  let world: World;
  before(async () => {
    world = await startWorld({ logTo: to });
  });
  after(() => world?.stop());

  const lineOf = (what: string, fits: (line: Line) => boolean) =>
    eventually(what, async () => lines().find(fits));
  const requestId = async (given: string) => {
    const response = await fetch(`${world.url}/healthz`, { headers: { 'x-request-id': given } });
    return response.headers.get('x-request-id');
  };

  it('lead from a request to its onboarding, and from there to the activity and its try', async () => {
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    const request = await lineOf(
      'the request is told of',
      (line) => line['route'] === '/create-account' && line['method'] === 'POST',
    );
    assert.equal(request['onboarding'], invitation.id);
    assert.equal(request['status'], 303);
    assert.equal(typeof request['ms'], 'number');
    const activity = await lineOf(
      'the mail is told of',
      (line) => line['activity'] === 'sendMail' && line['workflow'] === `onboarding-${invitation.id}-1`,
    );
    assert.equal(activity['attempt'], 1);
    assert.match(String(activity['run']), /^[0-9a-f-]{36}$/);
  });

  it('take a request id that a proxy has made, and name the request by it', async () => {
    const given = '7f0b1a52-0000-11ef-8f1c-0242ac110002';
    assert.equal(await requestId(given), given);
    await lineOf('the request is named so', (line) => line['request'] === given);
  });

  for (const given of [
    'sam.taylor@example.org',
    '+447400123456',
    'a'.repeat(65),
    'Sam Taylor, 07400 123456',
  ]) {
    it(`make one of their own instead of "${given.slice(0, 24)}"`, async () => {
      assert.match((await requestId(given)) ?? '', /^[0-9a-f-]{36}$/);
      assert.ok(!JSON.stringify(lines()).includes(given));
    });
  }

  it('name the route as it is mounted, also of what is refused', async () => {
    await fetch(`${world.url}/API/v1/invitations/one`, {
      headers: { authorization: `Bearer ${world.apiKey}` },
    });
    await lineOf(
      'it is refused',
      (line) => line['route'] === '/api/v1/invitations/:id' && line['status'] === 404,
    );
  });

  it('say so of a request that is given up halfway', async () => {
    const giving = new AbortController();
    const invitation = await invited(world);
    await createAccount(invitation);
    await linkFromMail(world, invitation.email, 'verify');
    await invitation.person.open('/check-email');
    // Stays open for as long as what the page shows is so.
    const waiting = invitation.person.page('[data-live]').attr('data-live') ?? '';
    await fetch(world.url + waiting, {
      signal: giving.signal,
      headers: { cookie: await invitation.person.cookieHeader() },
    });
    giving.abort();
    await lineOf('it is told of', (line) => line['route'] === '/events' && line['cut'] === true);
  });
});

describe('a line', () => {
  it('goes without what is personal, should somebody log it', () => {
    const { to, lines } = reader();
    const log = createLog({ name: 'test', level: 'info', to });
    log.info({
      email: 'sam@example.org',
      request: '1',
      person: { phone: '+447400123456', stage: 'invited' },
    });
    const [line] = lines();
    assert.equal(line?.['email'], undefined);
    assert.deepEqual(line?.['person'], { stage: 'invited' });
    assert.equal(line?.['request'], '1');
  });

  it("of Temporal's SDK keeps ids, and of an error its type and place without its words", () => {
    const { to, lines } = reader();
    const log = createLog({ name: 'test', level: 'info', to });
    const error = ApplicationFailure.retryable('dup key: { email: "sam@example.org" }', 'mail-unaccepted');
    temporalLogger(log).warn('Activity failed', {
      workflowId: 'w',
      runId: 'r',
      activityType: 'a',
      attempt: 2,
      error,
    });
    const [line] = lines();
    assert.deepEqual(
      [line?.['workflow'], line?.['run'], line?.['activity'], line?.['attempt'], line?.['failure']],
      ['w', 'r', 'a', 2, 'mail-unaccepted'],
    );
    assert.ok(!JSON.stringify(line).includes('sam@'));
    assert.match(String(line?.['stack']), /logs\.test/);
  });
});
