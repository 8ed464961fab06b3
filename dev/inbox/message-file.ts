import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReceivedMail, ReceivedText } from './messages.js';

type Line = { mail: ReceivedMail } | { text: ReceivedText };

export interface MessageFile {
  mails: ReceivedMail[];
  texts: ReceivedText[];
  append(line: Line): void;
}

/** Messages kept as JSON lines; a text is written anew at each change of state. Without a file nothing is kept. */
export function openMessageFile(file: string | undefined): MessageFile {
  if (file === undefined) return { mails: [], texts: [], append() {} };
  mkdirSync(dirname(file), { recursive: true });
  const content = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // A line cut short by a kill must not swallow the next one.
  if (content !== '' && !content.endsWith('\n')) appendFileSync(file, '\n');

  const mails: ReceivedMail[] = [];
  const texts = new Map<string, ReceivedText>();
  for (const line of content.split('\n')) {
    const message = parse(line);
    if (message === undefined) continue;
    if ('mail' in message) mails.push(message.mail);
    else texts.set(message.text.uuid, message.text);
  }
  return {
    mails,
    texts: [...texts.values()],
    append: (line) => appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 }),
  };
}

function parse(line: string): Line | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
