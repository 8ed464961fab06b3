import { randomUUID } from 'node:crypto';
import { type Response, Router } from 'express';
import { v5 } from 'uuid';
import { sha256 } from '../../store/secrets.js';
import { createBatching } from '../batching.js';
import { rowsOfCsv, UnreadableList } from '../csv.js';
import { DomainError } from '../errors.js';
import type { Services } from '../services.js';
import type { FieldError } from '../views/models.js';
import type { TeamBatchRow } from '../views/team-models.js';
import { readForm } from '../web/forms.js';
import { personOf } from '../web/guard.js';
import { nameOf, type Show } from '../web/page.js';

/** Rows that a page lists; the API has all of them. */
const ROWS_SHOWN = 200;
/** Namespace of ids made from a form and what was in it (RFC 9562 §5.5). */
const NAMESPACE = 'a1c0b2de-7c37-4d7b-93ff-52a3f2b6c1d8';

/** Inviting many: a list is pasted, shown as what would become of it, confirmed, and then followed. */
export function batchPages(services: Services, show: Show): Router {
  const { store } = services;
  const batching = createBatching(services);
  const router = Router();

  router.get('/team/invite-many', async (_req, res) => {
    await form(res, '');
  });

  router.post('/team/invite-many', async (req, res) => {
    const { csv } = readForm(req, ['csv']);
    const rows = await rowsIn(res, csv);
    if (!rows) return;
    const { at } = personOf(res);
    const forecast = await batching.preview({ caller: callerOf(res), rows, at });
    const count = (wanted: string) => forecast.filter(({ outcome }) => outcome === wanted).length;
    const others = forecast.filter(({ outcome }) => outcome !== 'created');
    await show(res, 'team-preview', {
      csv,
      id: randomUUID(),
      counts: { created: count('created'), existing: count('existing'), refused: count('refused') },
      rows: others.slice(0, ROWS_SHOWN).map((row) => ({ ...row, typed: addressIn(rows[row.row - 1]) })),
      notShown: Math.max(others.length - ROWS_SHOWN, 0),
    });
  });

  router.post('/team/invite-many/confirm', async (req, res) => {
    const { csv, id: nonce } = readForm(req, ['csv', 'id']);
    const rows = await rowsIn(res, csv);
    if (!rows) return;
    const { onboarding: me, at } = personOf(res);
    // Pressed twice it is one batch; another list is another one.
    const id = v5(`${me._id}\n${nonce}\n${sha256(csv)}`, NAMESPACE);
    await batching.accept({ id, caller: callerOf(res), rows, at });
    res.redirect(303, `/team/batches/${id}`);
  });

  router.get('/team/batches/:id', async (req, res) => {
    const { id } = req.params;
    const batch = await store.batches.find(id);
    if (batch?.teamId !== personOf(res).onboarding.teamId) throw new DomainError('not-found');
    const [counts, existing, refused] = await Promise.all([
      store.batches.counts(id),
      store.batches.rows(id, { after: 0, limit: ROWS_SHOWN, outcome: 'existing' }),
      store.batches.rows(id, { after: 0, limit: ROWS_SHOWN, outcome: 'refused' }),
    ]);
    const rows = [...existing, ...refused].sort((a, b) => a.row - b.row).slice(0, ROWS_SHOWN);
    await show(res, 'team-batch', {
      at: batch.createdAt,
      total: batch.rows,
      pending: batch.rows - counts.created - counts.existing - counts.refused,
      counts,
      done: batch.doneAt !== undefined,
      ...(batch.waitsUntil && { waitsUntil: batch.waitsUntil }),
      rows: rows.map(rowModel),
      notShown: counts.existing + counts.refused - rows.length,
    });
  });

  /** Undefined where the list cannot be read: then the form has been shown again. */
  async function rowsIn(res: Response, csv: string): Promise<unknown[] | undefined> {
    try {
      const rows = await rowsOfCsv(Buffer.from(csv));
      if (rows.length > 0) return rows;
      await form(res, csv, { code: 'list-empty' });
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error;
      await form(res, csv, { code: `list-${error.fault}`, values: error.values });
    }
    return undefined;
  }

  async function form(res: Response, csv: string, error?: Omit<FieldError, 'field'>): Promise<void> {
    const team = await store.teams.find(personOf(res).onboarding.teamId);
    await show(
      res,
      'team-invite-many',
      { teamName: team?.name ?? '', csv },
      { errors: error ? [{ field: 'csv', ...error }] : [] },
    );
  }

  return router;
}

function callerOf(res: Response) {
  const { onboarding: me } = personOf(res);
  return { kind: 'team-lead' as const, id: me._id, name: nameOf(me), teamId: me.teamId };
}

const rowModel = ({ row, outcome, reason, invitationId }: Omit<TeamBatchRow, 'typed'>): TeamBatchRow => ({
  row,
  outcome,
  ...(reason !== undefined && { reason }),
  ...(invitationId !== undefined && { invitationId }),
});

const addressIn = (row: unknown): string =>
  typeof row === 'object' && row !== null && 'email' in row ? String(row.email) : '';
