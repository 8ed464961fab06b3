import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';

/** Which way bytes go: `questions` to the service, `answers` back. */
type Way = 'questions' | 'answers';

export interface TcpProxy {
  port: number;
  /** Every byte takes this much longer, each way, until `restore`. */
  slowDown(milliseconds: number): void;
  /** A black hole: connections stand and are still taken, but what is sent that way does not come through until `restore`. */
  hold(way?: Way): void;
  /**
   * Resets what is connected, and whatever tries to connect, until `restore`. What was held is lost. Resolves when clients in this
   * process have seen it: MongoDB's driver (7.9) waits for ever with what it writes in the very moment in which a connection ends,
   * and then it is up to the time limit of whoever asked.
   */
  cut(): Promise<void>;
  /** Once: lets through what is sent with this text in it, and resets everything where the answer comes. */
  loseAnswerTo(text: string): void;
  restore(): void;
  /** Resolves when a client next meets the fault: bytes were held, or a connection was reset. */
  met(): Promise<void>;
  close(): Promise<void>;
}

/** Of the event loop, from an end that has arrived to the last event about it. */
const TURNS_TO_NOTICE = 10;

/** A network between two parts on this machine that can be made slow, silent or broken. */
export async function startTcpProxy(to: { port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const held = new Set<Way>();
  let isCut = false;
  let lag = 0;
  let loseAnswerTo: string | undefined;
  const losing = new WeakSet<Socket>();
  let release = signal();
  let meeting = signal();

  function meet(): void {
    meeting.give();
    meeting = signal();
  }

  /** In order, one chunk after the other. */
  async function carry(from: Socket, into: Socket, way: Way): Promise<void> {
    try {
      for await (const chunk of from) {
        if (lag > 0) await delay(lag);
        while (held.has(way)) {
          meet();
          await release.given;
        }
        if (way === 'answers' && losing.has(from)) {
          reset();
          return meet();
        }
        if (way === 'questions' && loseAnswerTo && (chunk as Buffer).includes(loseAnswerTo)) {
          loseAnswerTo = undefined;
          losing.add(into);
        }
        if (!into.destroyed) into.write(chunk as Buffer);
      }
      into.end();
    } catch {
      into.destroy();
    }
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    if (isCut) {
      client.resetAndDestroy();
      return meet();
    }
    const service = connect({ port: to.port, host: '127.0.0.1', allowHalfOpen: true });
    service.on('error', () => client.destroy());
    for (const socket of [client, service]) {
      sockets.add(socket);
      socket.setNoDelay(true).once('close', () => sockets.delete(socket));
    }
    carry(client, service, 'questions');
    carry(service, client, 'answers');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function reset(): void {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  function restore(): void {
    isCut = false;
    lag = 0;
    loseAnswerTo = undefined;
    held.clear();
    release.give();
    release = signal();
  }

  return {
    port: (server.address() as AddressInfo).port,
    slowDown(milliseconds) {
      lag = milliseconds;
    },
    hold(way) {
      for (const each of way ? [way] : (['questions', 'answers'] as const)) held.add(each);
    },
    async cut() {
      isCut = true;
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      reset();
      await Promise.all(closed);
      for (let turns = 0; turns < TURNS_TO_NOTICE; turns++) await turn();
    },
    loseAnswerTo(text) {
      loseAnswerTo = text;
    },
    restore,
    met: () => meeting.given,
    async close() {
      reset();
      restore();
      server.close();
      await once(server, 'close');
    },
  };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
