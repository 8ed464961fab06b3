import { z } from 'zod';

/** How long the switches stay on; absent: until set again. `delayMs` is for the slow ones. */
const rest = {
  remaining: z.int().positive().optional(),
  delayMs: z.int().min(0).max(600_000).default(3000),
};

const mailMode = z.enum(['ok', 'refuse-4xx', 'refuse-5xx', 'slow', 'close-after-data']);
const textMode = z.enum([
  'ok',
  'undelivered',
  '400',
  '429',
  '500',
  '503',
  'slow',
  'reset',
  'accept-then-timeout',
  'html-200',
  'empty-uuid',
]);
const mailSwitch = z.strictObject({ mode: mailMode, ...rest });
const textSwitch = z.strictObject({ mode: textMode, ...rest });

export const switchChange = z.strictObject({ mail: mailSwitch.optional(), texts: textSwitch.optional() });

export type MailSwitch = z.output<typeof mailSwitch>;
export type TextSwitch = z.output<typeof textSwitch>;

export interface Switches {
  current(): { mail: MailSwitch; texts: TextSwitch };
  /** Sets one or both. @throws ZodError */
  set(change: z.input<typeof switchChange>): void;
  /** The switch that holds for one message just arriving; counts it down. */
  takeMail(): MailSwitch;
  takeText(): TextSwitch;
}

/** What goes wrong at the mail server and at the texts' provider, for the next messages or until further notice. */
export function createSwitches(): Switches {
  let mail: MailSwitch = mailSwitch.parse({ mode: 'ok' });
  let texts: TextSwitch = textSwitch.parse({ mode: 'ok' });
  return {
    current: () => ({ mail, texts }),
    set(change) {
      const parsed = switchChange.parse(change);
      mail = parsed.mail ?? mail;
      texts = parsed.texts ?? texts;
    },
    takeMail() {
      const taken = mail;
      mail = countedDown(mail);
      return taken;
    },
    takeText() {
      const taken = texts;
      texts = countedDown(texts);
      return taken;
    },
  };
}

function countedDown<S extends MailSwitch | TextSwitch>(current: S): S {
  if (current.remaining === undefined) return current;
  if (current.remaining > 1) return { ...current, remaining: current.remaining - 1 };
  const { remaining: _, ...forever } = current;
  return { ...forever, mode: 'ok' } as S;
}
