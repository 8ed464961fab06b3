import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { startMailServer } from './mail-server.js';
import { openMessageFile } from './message-file.js';
import { createMessageLog, type NextOptions } from './message-log.js';
import type { ReceivedMail, ReceivedText } from './messages.js';
import { plivoApi } from './plivo-api.js';
import { createSwitches, type Switches } from './switches.js';
import { inboxWeb } from './web.js';

export interface Inbox {
  smtpUrl: string;
  /** The page. */
  url: string;
  /** The origin for `PLIVO_API_URL`. */
  plivoUrl: string;
  /** Oldest first. */
  mails: readonly ReceivedMail[];
  texts: readonly ReceivedText[];
  /** The first mail that fits, those received already included. Rejects after `timeoutMs`, naming the subjects seen. */
  nextMail(predicate: (mail: ReceivedMail) => boolean, options?: NextOptions): Promise<ReceivedMail>;
  /** Likewise; looked at again whenever a text's state changes. */
  nextText(predicate: (text: ReceivedText) => boolean, options?: NextOptions): Promise<ReceivedText>;
  switches: Switches;
  stop(): Promise<void>;
}

/**
 * Starts the stand-ins for the outside world on 127.0.0.1: a mail server, Plivo's Message API, and a page of what
 * they received. Port 0 takes any free port. `file` keeps the messages over restarts. `reportBackoffMs`: waits
 * before a delivery report is posted again.
 */
export async function startInbox({
  smtpPort,
  httpPort,
  plivo,
  file,
  reportBackoffMs = [200, 1000, 5000],
}: {
  smtpPort: number;
  httpPort: number;
  plivo: { authId: string; authToken: string };
  file?: string;
  reportBackoffMs?: readonly number[];
}): Promise<Inbox> {
  const kept = openMessageFile(file);
  const mails = createMessageLog<ReceivedMail>({
    kind: 'mail',
    describe: ({ subject, to }) => `"${subject}" to ${to}`,
    before: kept.mails,
  });
  const texts = createMessageLog<ReceivedText>({
    kind: 'text',
    describe: ({ text, to, state }) => `"${text}" to ${to} (${state})`,
    before: kept.texts,
  });
  const switches = createSwitches();
  const stopping = new AbortController();

  const app = express().disable('x-powered-by');
  app.use(
    plivoApi({
      ...plivo,
      switches,
      reportBackoffMs,
      signal: stopping.signal,
      onText(text) {
        kept.append({ text });
        texts.add(text);
      },
      onState(text, state) {
        text.state = state;
        kept.append({ text });
        texts.changed();
      },
    }),
  );
  app.use(inboxWeb({ mails: mails.all, texts: texts.all, switches }));

  const web = createServer(app);
  const mailServer = await startMailServer({
    port: smtpPort,
    switches,
    onMail(mail) {
      kept.append({ mail });
      mails.add(mail);
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      web.once('error', reject).listen(httpPort, '127.0.0.1', resolve);
    });
  } catch (error) {
    await mailServer.stop();
    throw error;
  }
  const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;

  return {
    smtpUrl: `smtp://127.0.0.1:${mailServer.port}`,
    url: `${origin}/`,
    plivoUrl: origin,
    mails: mails.all,
    texts: texts.all,
    nextMail: mails.next,
    nextText: texts.next,
    switches,
    async stop() {
      stopping.abort();
      mails.close();
      texts.close();
      const closed = new Promise((resolve) => web.close(resolve));
      web.closeAllConnections();
      await Promise.all([closed, mailServer.stop()]);
    },
  };
}
