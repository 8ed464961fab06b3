import type { z } from 'zod';
import { effectiveStage } from '../../store/deadlines.js';
import type { Onboarding } from '../../store/facts.js';
import type { invitation } from './schemas.js';

/** An onboarding as the API shows it: no secret, no number, no typed reason. */
export function representationOf(o: Onboarding, at: Date): z.output<typeof invitation> {
  return {
    id: o._id,
    email: o.email,
    ...(o.firstName !== undefined && { firstName: o.firstName }),
    ...(o.lastName !== undefined && { lastName: o.lastName }),
    role: o.role,
    locale: o.locale,
    stage: effectiveStage(o, at),
    createdAt: o.createdAt.toISOString(),
    inviteBy: o.inviteBy.toISOString(),
  };
}

export const pathOf = ({ _id }: Pick<Onboarding, '_id'>): string => `/api/v1/invitations/${_id}`;
