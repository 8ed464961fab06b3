import type { StaffActionName } from '../../store/actions.js';
import type { Stage } from '../../store/facts.js';
import type { MessageState } from '../../store/messages.js';

/** What the pages of the support console need to know. Keys of words are given whole, e.g. `support.events.invited`. */
export interface SupportPeople {
  /** Conversations that wait for an answer. */
  chatsWaiting: number;
  search: { text: string; stage: string; teamId: string; deadlineSoon: boolean; needsHelp: boolean };
  teams: { id: string; name: string }[];
  /** The first one is everyone. */
  stages: { stage?: Stage; count: number; href: string; current: boolean }[];
  people: SupportPersonInList[];
  nextHref?: string;
  /** Present behind the first page. */
  firstHref?: string;
}

export interface SupportPersonInList {
  id: string;
  /** Empty for somebody who was erased. */
  name: string;
  email: string;
  stage: Stage;
  since: Date;
  teamName: string;
  /** Words, and when. */
  deadline?: { words: string; at: Date };
  needsHelp: boolean;
}

export interface SupportMessage {
  kind: string;
  state: MessageState;
  at: Date;
  attempts: number;
  failure?: string;
}

export interface SupportAction {
  name: StaffActionName;
  reason: string;
  /** Only where the action needs an address. */
  email?: string;
  suggested: boolean;
  /** Shown unfolded: what was sent and refused, and what is suggested. */
  open: boolean;
}

export type SupportLive =
  /** The workflow answered. */
  | ({ state: 'running' } & SupportLiveAnswer)
  | { state: 'ended'; status: string; asExpected: boolean }
  /** No worker answers; what Temporal itself sees. */
  | { state: 'no-worker'; status: string; pending: SupportPending[] }
  | { state: 'missing' | 'unreachable' };

export interface SupportLiveAnswer {
  stage: string;
  sending: { kind: string }[];
  alarmAt?: Date;
  pending: SupportPending[];
}

export interface SupportPending {
  activity: string;
  tries: number;
  lastFailure?: string;
}

export interface SupportTimelineEntry {
  words?: string;
  /** Shown where this version has no words for it. */
  type: string;
  at: Date;
  actor: { words?: string; name: string };
  reason?: string;
}

export interface SupportPerson {
  id: string;
  /** Messages of the person that nobody has answered. */
  chatUnread: number;
  /** Address of the page; actions are posted below it. */
  path: string;
  name: string;
  email: string;
  stage: Stage;
  since: Date;
  deadline?: { words: string; at: Date };
  lastMessage?: SupportMessage;
  tries?: { code?: number; account: number };
  lockedUntil?: Date;
  /** Absent: nothing is wrong, and it is for the person to go on. */
  stuck?: {
    words: string;
    since: Date;
    until?: Date;
    failure?: string;
    /** An action below, or advice in words. */
    action?: StaffActionName;
    advice?: string;
  };
  live: SupportLive;
  temporalUrl?: string;
  actions: SupportAction[];
  /** The person is the one who looks. */
  self: boolean;
  notice?: { kind: 'done' | 'accepted'; action: StaffActionName };
  messages: SupportMessage[];
  timeline: SupportTimelineEntry[];
  about: {
    lastDigits?: string;
    authenticatorSince?: Date;
    /** As a word; absent: none. */
    recoveryCodesLeft?: string;
    teamName: string;
    role: string;
    invitedBy: string;
  };
}
