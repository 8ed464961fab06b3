import { Secret, TOTP } from 'otpauth';

const STEP = 30_000;

/** An authenticator app, fed with the key as the page shows it, in groups of four. */
export interface PhoneApp {
  /** The code at a moment, or of so many steps of 30 seconds before or after. */
  code(at: Date, steps?: number): string;
}

export function phoneApp(key: string): PhoneApp {
  const secret = Secret.fromBase32(key.replaceAll(' ', ''));
  return { code: (at, steps = 0) => TOTP.generate({ secret, timestamp: at.getTime() + steps * STEP }) };
}
