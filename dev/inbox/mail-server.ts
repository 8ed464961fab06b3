import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { ReceivedMail } from './messages.js';
import type { MailSwitch, Switches } from './switches.js';

/** A real SMTP server on 127.0.0.1 that takes any mail, unless a switch says otherwise. Port 0: any free one. */
export async function startMailServer({
  port,
  switches,
  onMail,
}: {
  port: number;
  switches: Switches;
  onMail: (mail: ReceivedMail) => void;
}): Promise<{ port: number; stop(): Promise<void> }> {
  const stopping = new AbortController();
  const taken = new Map<string, MailSwitch>();

  const server = new SMTPServer({
    logger: false,
    // A self-made certificate would only teach the clients to accept any.
    hideSTARTTLS: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: 10 * 1024 * 1024,
    closeTimeout: 50,
    onMailFrom(_address, session, done) {
      taken.set(session.id, switches.takeMail());
      done();
    },
    onRcptTo(_address, session, done) {
      const mode = taken.get(session.id)?.mode;
      if (mode === 'refuse-4xx') return done(reply(450, '4.2.1 Mailbox busy'));
      if (mode === 'refuse-5xx') return done(reply(550, '5.1.1 No such mailbox'));
      done();
    },
    onData(stream, session, done) {
      receive(stream, session).then(() => done(), done);
    },
    onClose(session) {
      taken.delete(session.id);
    },
  });
  // Clients that break off are the daily bread of these tests.
  server.on('error', () => {});

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const mail = await readMail(stream, session);
    const { mode, delayMs } = taken.get(session.id) ?? { mode: 'ok', delayMs: 0 };
    if (mode === 'slow') await delay(delayMs, undefined, { signal: stopping.signal });
    onMail(mail);
    if (mode !== 'close-after-data') return;
    for (const connection of server.connections) {
      if (connection.session.id === session.id) connection._socket.destroy();
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.server.address() as AddressInfo;
  return {
    port: address.port,
    stop() {
      stopping.abort();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function readMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<ReceivedMail> {
  // Without the conversions, so that a mail that lacks a text part shows none.
  const parsed = await simpleParser(stream, { skipHtmlToText: true, skipTextToHtml: true });
  const headers: Record<string, string> = {};
  for (const { key, line } of parsed.headerLines) {
    const value = line
      .slice(line.indexOf(':') + 1)
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim();
    headers[key] = key in headers ? `${headers[key]}\n${value}` : value;
  }
  return {
    id: randomUUID(),
    messageId: parsed.messageId ?? '',
    from: parsed.from?.text ?? '',
    to: session.envelope.rcptTo.map(({ address }) => address).join(', '),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html || '',
    headers,
    receivedAt: new Date().toISOString(),
  };
}
