import type { RowCounts, RowOutcome } from '../../store/batches.js';
import type { Problem, Stage } from '../../store/facts.js';
import type { SupportPeople, SupportPerson } from './support-models.js';

/** What the pages of team leads need to know. */
export interface TeamInvitations extends Pick<SupportPeople, 'stages' | 'people' | 'nextHref' | 'firstHref'> {
  teamName: string;
  /** The last ones, newest first. */
  batches: { id: string; at: Date; rows: number; done: boolean }[];
}

export interface TeamPerson
  extends Pick<
    SupportPerson,
    | 'id'
    | 'path'
    | 'name'
    | 'email'
    | 'since'
    | 'deadline'
    | 'actions'
    | 'self'
    | 'notice'
    | 'messages'
    | 'timeline'
    | 'about'
  > {
  stage: Stage;
  problem?: Problem;
}

export interface TeamBatchRow {
  row: number;
  outcome?: RowOutcome | undefined;
  reason?: string | undefined;
  invitationId?: string | undefined;
  /** The address as it was typed; only in a preview. */
  typed?: string;
}

export interface TeamPreview {
  csv: string;
  /** Goes back with the list, so that pressing twice is inviting once. */
  id: string;
  counts: RowCounts;
  /** Those that would not be new invitations. */
  rows: TeamBatchRow[];
  notShown: number;
}

export interface TeamBatch {
  at: Date;
  total: number;
  pending: number;
  counts: RowCounts;
  done: boolean;
  waitsUntil?: Date;
  rows: TeamBatchRow[];
  notShown: number;
}

/** How long a new key works. */
export const API_KEY_DAYS = [30, 90, 365] as const;

export interface TeamApiKeys {
  keys: {
    id: string;
    label?: string;
    ownerName: string;
    createdAt: Date;
    lastUsedAt?: Date;
    state: 'works' | 'revoked' | 'expired';
    /** Until when it works, or since when no more. */
    until: Date;
  }[];
  values: { label: string; days: string };
  /** Shown once. */
  made?: string;
}
