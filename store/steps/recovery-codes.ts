import { stageAfter } from '../actions.js';
import { effectiveStage } from '../deadlines.js';
import type { Onboarding, RecoveryCode, RecoveryCodes } from '../facts.js';
import { type OwnPassword, ownRefusal, signedIn, telling } from './authenticator.js';
import { withoutOtherSessions } from './generations.js';
import { clinician, type Judge } from './step.js';

/** Another list in place of any before. `hashes`: of the codes, in their order. */
export const makeRecoveryCodes =
  ({
    from,
    listId,
    hashes,
    sessionId,
    at,
  }: OwnPassword & { listId: string; hashes: readonly string[] }): Judge =>
  (o) => {
    const refusal = ownRefusal(o, 'make-recovery-codes', { from, at });
    if (refusal || !o.account) return refusal ?? { refused: 'wrong-stage' };
    return {
      event: { type: 'recovery-codes-made', actor: clinician(o), at, data: { codes: hashes.length } },
      set: {
        recoveryCodes: {
          id: listId,
          madeAt: at,
          codes: hashes.map((hash, index) => ({ position: index + 1, hash })),
        },
        ...withoutOtherSessions(o.account, sessionId),
      },
      notices: telling(o, 'recovery-codes-made'),
    };
  };

/** Comes after the try was counted and the code compared, as with every other code. */
export const useRecoveryCode =
  ({
    listId,
    position,
    sessionId,
    at,
  }: {
    listId: string;
    position: number;
    sessionId: string;
    at: Date;
  }): Judge =>
  (o) => {
    if (!stageAfter('use-recovery-code', effectiveStage(o, at))) return { refused: 'wrong-stage' };
    const { recoveryCodes: list } = o;
    const code = list?.id === listId ? codeAt(list, position) : undefined;
    if (!list || !code) return { refused: 'code-spent' };
    if (code.usedAt) return code.sessionId === sessionId ? 'already' : { refused: 'code-spent' };
    const used = { ...code, usedAt: at, sessionId };
    const { set, unset = [] } = signedIn(o, sessionId);
    return {
      event: {
        type: 'recovery-code-used',
        actor: clinician(o),
        at,
        data: { left: recoveryCodesLeft(o) - 1 },
      },
      set: {
        ...set,
        recoveryCodes: { ...list, codes: list.codes.map((each) => (each === code ? used : each)) },
      },
      unset,
      notices: telling(o, 'recovery-code-used'),
    };
  };

export const codeAt = ({ codes }: RecoveryCodes, position: number): RecoveryCode | undefined =>
  codes.find((code) => code.position === position);

export const recoveryCodesLeft = ({ recoveryCodes }: Onboarding): number =>
  recoveryCodes?.codes.filter(({ usedAt }) => !usedAt).length ?? 0;
