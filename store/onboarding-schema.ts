import { type Connection, Schema } from 'mongoose';
import type { Onboarding } from './facts.js';

const sealed = { _id: false, keyId: String, box: String };
const actor = { kind: { type: String, required: true }, id: String };

/** How an onboarding stands in the database. Its indexes are made by `migrations/`. */
const onboardingSchema = new Schema<Onboarding>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    emailSlot: String,
    firstName: String,
    lastName: String,
    role: { type: String, required: true },
    teamId: { type: String, required: true },
    invitedBy: { ...actor, name: { type: String, required: true } },
    message: String,
    locale: { type: String, required: true },
    requestHash: String,
    stage: { type: String, required: true },
    stageSince: { type: Date, required: true },
    attempt: { type: Number, required: true },
    seq: { type: Number, required: true },
    outbox: [{ _id: false, id: String, seq: Number, type: { type: String }, at: Date, actor, data: Object }],
    notices: [
      {
        _id: false,
        id: String,
        kind: String,
        to: String,
        at: Date,
        since: Date,
        linkId: String,
        change: String,
      },
    ],
    untoldSince: Date,
    unfiledSince: Date,
    dueAt: Date,
    createdAt: { type: Date, required: true },
    inviteBy: { type: Date, required: true },
    links: [
      {
        _id: false,
        id: String,
        purpose: String,
        issuedAt: Date,
        sends: Number,
        lastSendAt: Date,
        acceptedAt: Date,
        expiresAt: Date,
        outcome: String,
        reopened: Boolean,
      },
    ],
    linkId: String,
    resetLinkId: String,
    account: {
      type: { _id: false, passwordHash: String, createdAt: Date, generation: Number, keptSession: String },
    },
    voided: { type: { _id: false, at: Date, generation: Number } },
    keysEndedAt: Date,
    terms: { type: { _id: false, version: String, digest: String, acceptedAt: Date } },
    verifyBy: Date,
    verifiedAt: Date,
    blockedAt: Date,
    phone: String,
    challenge: {
      type: {
        _id: false,
        id: String,
        purpose: String,
        codeHash: String,
        number: String,
        sessionId: String,
        issuedAt: Date,
        expiresAt: Date,
        sends: Number,
        lastSendAt: Date,
        triesLeft: Number,
        consumedAt: Date,
      },
    },
    authenticator: {
      type: {
        _id: false,
        id: String,
        secret: { type: sealed },
        addedAt: Date,
        lastStep: Number,
        lastSessionId: String,
      },
    },
    pendingAuthenticator: {
      type: { _id: false, id: String, secret: { type: sealed }, sessionId: String, issuedAt: Date },
    },
    recoveryCodes: {
      type: {
        _id: false,
        id: String,
        madeAt: Date,
        codes: [{ _id: false, position: Number, hash: String, usedAt: Date, sessionId: String }],
      },
    },
    codeFailures: { type: Number, required: true },
    lockedUntil: Date,
    locksInARow: Number,
    activatedAt: Date,
    disclaimer: { type: { _id: false, version: String, digest: String, acknowledgedAt: Date } },
    needsSupport: { type: { _id: false, problem: String, since: Date } },
    emailCorrections: Number,
    addressCorrected: Boolean,
    chatMails: { type: { _id: false, person: Date, support: Date } },
    askedAt: Date,
    erasing: { type: { _id: false, email: String, phone: String, unasked: Boolean } },
    sweptAt: Date,
    reasons: { type: [{ _id: false, seq: Number, text: String, salt: String }], default: undefined },
  },
  { collection: 'onboardings', versionKey: false, minimize: false },
);

export type OnboardingModel = ReturnType<typeof onboardingModel>;

export const onboardingModel = (connection: Connection) => connection.model('Onboarding', onboardingSchema);
