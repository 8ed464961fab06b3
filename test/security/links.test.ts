import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { LINK_PURPOSES } from '../../store/facts.js';
import { newSecretId } from '../../store/secrets.js';
import { newLink } from '../../store/steps.js';
import { Person } from '../support/person.js';
import { startWorld, type World } from '../support/world.js';
import { dumpOf } from './dump.js';
import { factsOf, formTokenOf, personAt } from './people.js';
import { cookieSet, formHeaders, send } from './requests.js';

/** SECURITY.md rows 11 to 14. */
describe('a mailed link', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    world.advance(0);
  });
  after(() => world?.stop());

  const PLACE = {
    invitation: '/create-account',
    verification: '/verify',
    'password-reset': '/reset-password',
  } as const;
  const BUTTON = {
    invitation: 'Create account',
    verification: 'Verify email',
    'password-reset': 'Change password',
  } as const;
  const STAGE = { invitation: 'invited', verification: 'verifying', 'password-reset': 'active' } as const;

  for (const purpose of LINK_PURPOSES) {
    it(`(${purpose}) opened ten times by GET and HEAD changes nothing and stays good`, async () => {
      const { id, links, session } = await personAt(world, STAGE[purpose]);
      await world.store.sessions.closeById(session._id);
      const before = await dumpOf(world);
      for (const method of ['GET', 'HEAD']) {
        for (let nth = 0; nth < 10; nth++) {
          const first = await send(world.url, { method, path: links[purpose] });
          const cookie = `${purpose}=${cookieSet(first, purpose)}`;
          const second = await send(world.url, { method, path: PLACE[purpose], headers: { cookie } });
          assert.deepEqual([first.status, second.status], [303, 200]);
        }
      }
      assert.deepEqual(await dumpOf(world), before);

      const person = await new Person(world.url).open(links[purpose]);
      assert.ok(person.page('main form button').text().includes(BUTTON[purpose]));
      assert.equal((await factsOf(world, id)).stage, STAGE[purpose]);
    });

    it(`(${purpose}) moves its token out of the address at once`, async () => {
      const { links } = await personAt(world, STAGE[purpose]);
      const { status, headers } = await send(world.url, { path: links[purpose] });
      assert.equal(status, 303);
      assert.equal(headers.location, PLACE[purpose]);
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-store');
      const [cookie = ''] = headers['set-cookie']?.filter((each) => each.startsWith(purpose)) ?? [];
      assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Lax$/);

      const person = await new Person(world.url).open(links[purpose]);
      assert.equal(person.headers.get('cache-control'), 'no-store');
      assert.ok(!person.page.html().includes(links[purpose].split('/')[2] ?? ''));
    });

    it(`(${purpose}) that was forged, cut or made for something else opens nothing`, async () => {
      const { id, links } = await personAt(world, STAGE[purpose]);
      const other = await personAt(world, STAGE[purpose]);
      const token = links[purpose].split('/')[2] ?? '';
      const othersToken = other.links[purpose].split('/')[2] ?? '';
      const linkId = token.slice(0, 22);
      const others = LINK_PURPOSES.filter((each) => each !== purpose);
      const forged = [
        randomBytes(33).toString('base64url'),
        token.slice(0, -1),
        `${token}A`,
        linkId,
        linkId + othersToken.slice(22),
        ...others.map((each) => linkId + world.keyring.linkToken(linkId, each).slice(22)),
        linkId + 'A'.repeat(22),
        token.slice(0, 43) + nextLetter(token.slice(43)),
        token.toLowerCase(),
        `${token}%00`,
        encodeURIComponent(`${token}=`),
      ];
      const before = await factsOf(world, id);
      for (const each of forged) {
        const person = await new Person(world.url).open(links[purpose].replace(token, each));
        assert.equal(person.status, 404, each);
        assert.equal(person.heading, 'This link does not work');
        await person.post(PLACE[purpose], { linkId, _csrf: await formTokenOf(world, person) });
        assert.equal(person.status, 404, each);
      }
      assert.deepEqual(await factsOf(world, id), before);
    });

    it(`(${purpose}) that a newer one replaced says so and changes nothing`, async () => {
      const newer = newLink(newSecretId(), purpose, world.now());
      const { id, links } = await personAt(world, STAGE[purpose]);
      await world.store.onboardings.model.updateOne(
        { _id: id },
        {
          $push: { links: newer },
          $set: { [purpose === 'password-reset' ? 'resetLinkId' : 'linkId']: newer.id },
        },
      );
      const before = await factsOf(world, id);
      const person = await new Person(world.url).open(links[purpose]);
      assert.deepEqual([person.status, person.heading], [410, 'There is a newer link']);
      assert.deepEqual(await factsOf(world, id), before);
    });
  }

  it('of one person does not answer the form of another', async () => {
    const [one, other] = [await personAt(world, 'invited'), await personAt(world, 'invited')];
    const person = await new Person(world.url).open(one.links.invitation);
    const shown = person.page('input[name=linkId]').attr('value') ?? '';
    await person.open(other.links.invitation);
    await person.post('/create-account', {
      linkId: shown,
      firstName: 'Sam',
      lastName: 'Taylor',
      password: 'wheelbarrow lantern 42 otter',
      accepted: 'yes',
    });
    assert.equal(person.status, 409);
    for (const { id } of [one, other]) assert.equal((await factsOf(world, id)).stage, 'invited');
  });

  it('that verified grants no session to whoever clicked it', async () => {
    const { links } = await personAt(world, 'verifying');
    const stranger = await new Person(world.url).open(links.verification);
    await stranger.press('Verify email');
    assert.equal(stranger.path, '/sign-in');
    for (const path of ['/phone', '/two-step', '/dashboard', '/account']) {
      assert.equal((await stranger.open(path)).path, '/sign-in');
    }
  });

  it('opened in a session that is at work touches nothing but the session', async () => {
    const { person, links } = await personAt(world, 'verifying', { level: 'password' });
    const before = await dumpOf(world);
    world.advance(120_000);
    await person.open(links.verification);
    const { sessions, ...after } = await dumpOf(world);
    const { sessions: sessionsBefore, ...rest } = before;
    assert.deepEqual(after, rest);
    const blur = (rows: Record<string, unknown>[] = []) => rows.map(({ lastSeenAt: _, ...row }) => row);
    assert.deepEqual(blur(sessions), blur(sessionsBefore));
  });

  it('and every page are built from the configured origin, whatever Host says', async () => {
    const { person, links } = await personAt(world, 'verifying', { level: 'password' });
    const headers = {
      ...(await formHeaders(person)),
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-original-url': '//evil.example/',
      forwarded: 'host=evil.example;proto=https',
    };
    for (const path of [
      '/',
      '/sign-in',
      links.verification,
      links.invitation,
      '/check-email',
      '/dashboard',
    ]) {
      const answer = await send(world.url, { path, headers });
      assert.doesNotMatch(JSON.stringify(answer.headers) + answer.body, /evil\.example/, path);
    }
  });
});

/** Another letter of the alphabet of tokens that a lenient decoder would take for the same. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[(alphabet.indexOf(letter) ^ 1) % 64] ?? 'A';
}
