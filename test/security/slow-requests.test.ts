import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { staffAction } from '../../store/steps.js';
import { newKey } from '../rest/calls.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { factsOf, formTokenOf, type Placed, personAt } from './people.js';
import { formHeaders } from './requests.js';

/** SECURITY.md rows 19 and 27: whoever sends the first line of a request and withholds the rest keeps no door open by it. */
describe('a request that comes in slowly', function () {
  this.timeout(20_000);
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Sends what it is given, byte for byte, and collects what comes back. */
  async function dial(world: World) {
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket);
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    // A connection that is cut off is what some of this is about.
    socket.on('error', () => {});
    await once(socket, 'connect');
    return {
      socket,
      closed: once(socket, 'close'),
      async until(pattern: RegExp): Promise<string> {
        while (!pattern.test(heard)) await once(socket, 'data');
        return heard;
      },
    };
  }

  /** `Expect` has the server say that it has the headers; then the body may follow. */
  const head = (path: string, headers: Record<string, string>, body: string) =>
    [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      'Expect: 100-continue',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ].join('\r\n');

  const inviting = async (world: World, { person }: Placed, email: string) => {
    const body = new URLSearchParams({ email, _csrf: await formTokenOf(world, person) }).toString();
    return { head: head('/invite-colleague', await formHeaders(person), body), body };
  };

  /** The deciding write alone; no session is closed and no key withdrawn. */
  const suspend = async (world: World, id: string) => {
    const judge = staffAction(
      { action: { name: 'suspend' }, actor: { kind: 'support' }, reason: 'because', at: world.now() },
      world.policy,
    );
    assert.ok((await world.store.onboardings.take(id, judge)).done);
  };

  describe('within its time', () => {
    let world: World;
    before(async () => {
      world = await startWorld({ worker: false });
    });
    after(() => world?.stop());

    it('is of whoever its sender is once all of it is there', async () => {
      for (const suspends of [false, true]) {
        const placed = await personAt(world, 'active');
        const email = newEmail();
        const request = await inviting(world, placed, email);
        const { socket, until } = await dial(world);
        socket.write(request.head);
        await until(/100 Continue/);
        if (suspends) await suspend(world, placed.id);
        socket.write(request.body);
        const answer = await until(/HTTP\/1\.1 [^1].*\r\n\r\n/s);
        const invited = await world.store.onboardings.findByEmail(email);
        if (suspends) assert.match(answer, /Location: \/sign-in/i);
        assert.equal(invited === null, suspends);
      }
    });

    it('and by a program is refused where the owner of its key was suspended meanwhile', async () => {
      const { id: ownerId } = await personAt(world, 'active', { facts: { role: 'team-lead' } });
      const { key } = await newKey(world, { ownerId });
      const email = newEmail();
      const body = JSON.stringify({ email });
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const { socket, until } = await dial(world);
      socket.write(head('/api/v1/invitations', headers, body));
      await until(/100 Continue/);
      await suspend(world, ownerId);
      socket.write(body);
      await until(/HTTP\/1\.1 401/);
      assert.equal(await world.store.onboardings.findByEmail(email), null);
    });
  });

  describe('beyond its time', () => {
    let world: World;
    before(async () => {
      world = await startWorld({ worker: false, answerWithin: 300 });
    });
    after(() => world?.stop());

    it('is over with its 503: what comes later is not read', async () => {
      const placed = await personAt(world, 'active');
      const email = newEmail();
      const request = await inviting(world, placed, email);
      const key = { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' };
      const json = JSON.stringify({ email });
      const call = { head: head('/api/v1/invitations', key, json), body: json };
      for (const [each, type] of [
        [request, /Content-Type: text\/plain/i],
        [call, /Content-Type: application\/problem\+json/i],
      ] as const) {
        const { socket, until, closed } = await dial(world);
        socket.write(each.head);
        const answer = await until(/HTTP\/1\.1 503.*\r\n\r\n/s);
        assert.match(answer, /Connection: close/i);
        assert.match(answer, type);
        socket.write(each.body);
        await closed;
      }
      assert.equal(await world.store.onboardings.findByEmail(email), null);
      assert.equal((await factsOf(world, placed.id)).stage, 'active');
      assert.equal((await placed.person.open('/dashboard')).path, '/dashboard', 'the process lives');
    });

    it('is cut off also before its headers are through', async () => {
      const { socket, closed } = await dial(world);
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
      await closed;
    });
  });
});
