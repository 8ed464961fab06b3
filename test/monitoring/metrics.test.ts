import assert from 'node:assert/strict';
import { EVENT_TYPES, LINK_PURPOSES, STAGES } from '../../store/facts.js';
import { LIMIT_NAMES } from '../../store/limits.js';
import { anotherBrowser, personAt } from '../security/people.js';
import { giveApp, giveRecoveryCodes } from '../security/second-factors.js';
import { eventually } from '../support/eventually.js';
import { samplesIn, sumOf } from '../support/exposition.js';
import {
  createAccount,
  invited,
  linkFromMail,
  newNumber,
  PASSWORD,
  toDashboard,
} from '../support/journey.js';
import { onboardingAt } from '../support/onboardings.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';

describe('metrics', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await startWorld({ limits: { 'sign-in-email': { points: 2, duration: 900 } } });
  });
  after(() => world?.stop());

  const scraped = async () => samplesIn(await world.metrics.registry.metrics());
  /** How much a metric has gone up by since a moment; counters of this process only ever go up. */
  const counting = async (name: string, labels: Record<string, string> = {}) => {
    const before = sumOf(await scraped(), name, labels);
    return async () => sumOf(await scraped(), name, labels) - before;
  };

  it('of one way in count each step and each stage once, each message as far as it got, and what the text came to', async () => {
    const rises: Record<string, () => Promise<number>> = {
      'onboarding_events_total invited': await counting('onboarding_events_total', { type: 'invited' }),
      'onboarding_events_total activated': await counting('onboarding_events_total', { type: 'activated' }),
      ...Object.fromEntries(
        await Promise.all(
          (['invited', 'verifying', 'enrolling', 'confirming'] as const).map(async (stage) => [
            `onboarding_stage_seconds ${stage}`,
            await counting('onboarding_stage_seconds_count', { stage }),
          ]),
        ),
      ),
      'mails accepted': await counting('onboarding_messages_total', { channel: 'mail', state: 'accepted' }),
      'mails timed': await counting('onboarding_message_seconds_count', { channel: 'mail' }),
      'texts delivered': await counting('onboarding_messages_total', {
        channel: 'text',
        state: 'delivered',
      }),
      'texts timed': await counting('onboarding_message_seconds_count', { channel: 'text' }),
      'texts to Britain': await counting('onboarding_texts_total', { country: 'GB' }),
      'units to Britain': await counting('onboarding_text_units_total', { country: 'GB' }),
      'mail server': await counting('onboarding_provider_seconds_count', {
        provider: 'mail',
        result: 'accepted',
      }),
      'codes accepted': await counting('onboarding_sign_ins_total', { result: 'code-accepted' }),
      'links opened': await counting('onboarding_link_visits_total', { visitor: 'person' }),
      'account posted': await counting('onboarding_http_request_seconds_count', {
        method: 'POST',
        route: '/create-account',
        status: '303',
      }),
    };
    await toDashboard(world);
    await eventually('the delivery is reported', async () => (await rises['texts delivered']?.()) === 1);
    const rose = await Promise.all(
      Object.entries(rises).map(async ([name, by]) => [name, await by()] as const),
    );
    assert.deepEqual(
      rose.filter(([, by]) => by !== 1),
      [
        ['mails accepted', 2],
        ['mails timed', 2],
        ['mail server', 2],
        ['links opened', 2],
      ],
    );
    assert.ok(sumOf(await scraped(), 'onboarding_text_cost_total', { country: 'GB' }) > 0);
  });

  it('say how people stand, from the database', async () => {
    const standing = async () => {
      const { stages, needsSupport } = await world.store.onboardings.standing(world.now());
      return [Object.fromEntries(stages)['confirming'], needsSupport];
    };
    const [confirming = 0, stuck = 0] = await standing();
    const needsSupport = { problem: 'text-undeliverable', since: world.now() } as const;
    await world.store.onboardings.model.insertOne(onboardingAt('confirming', { needsSupport }));
    assert.deepEqual(await standing(), [confirming + 1, stuck + 1]);
    const samples = await scraped();
    assert.equal(samples.filter(({ name }) => name === 'onboarding_people').length, STAGES.length);
  });

  it('count a step once, whichever of two rivals takes it', async () => {
    const verified = await counting('onboarding_events_total', { type: 'email-verified' });
    const left = await counting('onboarding_stage_seconds_count', { stage: 'verifying' });
    const invitation = await invited(world);
    await createAccount(invitation);
    const link = await linkFromMail(world, invitation.email, 'verify');
    const rivals = [new Person(world.url), new Person(await world.startApi(), world.url)];
    for (const rival of rivals) await rival.open(link.replace(world.url, rival.origin));
    await Promise.all(rivals.map((rival) => rival.press('Verify email')));
    assert.deepEqual([await verified(), await left()], [1, 1]);
  });

  it('count a block that is written late as a missed deadline, and one in time as none', async () => {
    const missed = await counting('onboarding_deadlines_missed_total', { deadline: 'verification' });
    const waits = async () => (await world.store.onboardings.standing(world.now())).waiting.deadline;
    const ago = (minutes: number) => new Date(world.now().getTime() - minutes * 60_000);
    // The worker is away: else it would block them as the sweeper of another test comes by.
    await world.stopWorker();
    const late = onboardingAt('verifying', { verifyBy: ago(10), dueAt: ago(10) });
    const inTime = onboardingAt('verifying', { verifyBy: ago(1), dueAt: ago(0) });
    for (const each of [late, inTime]) await world.store.onboardings.model.insertOne(each);
    assert.equal(await waits(), 2);
    await world.startWorker();
    for (const each of [late, inTime]) {
      await world.gateway.nudge(each);
      await eventually(
        'it is blocked',
        async () => (await world.store.onboardings.find(each._id))?.stage === 'blocked',
      );
    }
    assert.equal(await missed(), 1);
    assert.equal(await waits(), 0);
  });

  it('tell sign-ins by their result, and which limit refused', async () => {
    const { email } = await toDashboard(world);
    const limited = await counting('onboarding_limits_hit_total', { limit: 'sign-in-email' });
    const results = {
      'password-refused': await counting('onboarding_sign_ins_total', { result: 'password-refused' }),
      'password-accepted': await counting('onboarding_sign_ins_total', { result: 'password-accepted' }),
      'code-refused': await counting('onboarding_sign_ins_total', { result: 'code-refused' }),
      'too-many': await counting('onboarding_sign_ins_total', { result: 'too-many' }),
    };
    const person = await new Person(world.url).open('/sign-in');
    await person.press('Sign in', { email, password: 'not the password at all' });
    await person.press('Sign in', { email, password: PASSWORD });
    assert.equal(person.path, '/two-step');
    await person.press('Next', { code: '000000' });
    const another = await new Person(world.url).open('/sign-in');
    await another.press('Sign in', { email, password: PASSWORD });
    assert.equal(another.status, 429);
    for (const [result, by] of Object.entries(results)) assert.equal(await by(), 1, result);
    assert.equal(await limited(), 1);
  });

  it('tell sign-ins by an app and by recovery codes from those by texts', async () => {
    const placed = await personAt(world, 'active', { level: 'password' });
    const app = await giveApp(world, placed);
    const [code = ''] = await giveRecoveryCodes(world, placed);
    const results = {
      'app-refused': await counting('onboarding_sign_ins_total', { result: 'app-refused' }),
      'app-accepted': await counting('onboarding_sign_ins_total', { result: 'app-accepted' }),
      'recovery-refused': await counting('onboarding_sign_ins_total', { result: 'recovery-refused' }),
      'recovery-accepted': await counting('onboarding_sign_ins_total', { result: 'recovery-accepted' }),
    };
    const byCode = await anotherBrowser(world, placed.id, 'password');
    await byCode.open('/two-step/recovery-code');
    await byCode.press('Next', { code: '1-ZZZZ-ZZZZ-ZZ' });
    await byCode.press('Next', { code });
    assert.equal(byCode.path, '/dashboard');
    await placed.person.open('/two-step/app');
    await placed.person.press('Next', { code: app.code(world.now(), 9) });
    await placed.person.press('Next', { code: app.code(world.now()) });
    assert.equal(placed.person.path, '/dashboard');
    for (const [result, by] of Object.entries(results)) assert.equal(await by(), 1, result);
  });

  it('count visits of scanners to a mailed link, which does them no harm', async () => {
    const { link, person } = await invited(world);
    const visits = {
      head: { method: 'HEAD', headers: {} },
      prefetch: {
        method: 'GET',
        headers: { 'sec-purpose': 'prefetch;prerender', 'user-agent': 'Mozilla/5.0' },
      },
      scanner: { method: 'GET', headers: { 'user-agent': 'Mozilla/5.0 (compatible; Barracuda Sentinel)' } },
    };
    for (const [visitor, request] of Object.entries(visits)) {
      const by = await counting('onboarding_link_visits_total', { visitor });
      const response = await fetch(link, { redirect: 'manual', ...request });
      assert.equal(response.status, 303);
      assert.equal(await by(), 1, visitor);
    }
    await person.open(link);
    assert.equal(person.status, 200);
    assert.equal(person.path, '/create-account');
  });

  it('have labels from short lists only, whatever is asked for', async () => {
    for (const path of [
      '/invite/sam.taylor@example.org',
      '/API/v1/invitations/07400123456',
      '/nobody/at/all',
    ]) {
      await fetch(world.url + path, {
        redirect: 'manual',
        headers: { authorization: `Bearer ${newNumber()}` },
      });
    }
    const held: Record<string, readonly (string | RegExp)[]> = {
      stage: STAGES,
      next: STAGES,
      type: EVENT_TYPES,
      limit: LIMIT_NAMES,
      what: ['deadline', 'telling', 'filing'],
      deadline: ['verification', 'invitation'],
      channel: ['mail', 'text'],
      provider: ['mail', 'text'],
      kind: [/^[a-z-]{4,24}$/],
      state: ['tried', 'accepted', 'sent', 'delivered', 'failed'],
      result: [/^[a-z-]{4,20}$/],
      country: [/^[A-Z]{2}$/, 'unknown'],
      purpose: LINK_PURPOSES,
      visitor: ['person', 'head', 'prefetch', 'scanner'],
      method: [/^[A-Z]{3,7}$/],
      route: ['none', /^(\/(api|v1|callbacks|plivo|[a-z-]+|:[a-zA-Z]+))+$/, '/'],
      status: [/^[2-5]\d\d$/],
      le: [/^[\d.]+$/, '+Inf'],
    };
    for (const { name, labels } of await scraped()) {
      for (const [label, value] of Object.entries(labels)) {
        const fits = held[label]?.some((each) =>
          typeof each === 'string' ? each === value : each.test(value),
        );
        assert.ok(fits, `${name} has ${label}="${value}"`);
      }
    }
  });
});
