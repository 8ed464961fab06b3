import { at, type Example, example, failing, hardNames, visitor } from './example.js';
import { dashboard, inside } from './inside.js';
import { plain } from './plain.js';
import { signingIn } from './signing-in.js';
import { staff } from './staff.js';
import { account, wayIn } from './way-in.js';

/** Every page in every state, for the gallery and the tests. */
export const examples: Example[] = [...plain, ...wayIn, ...signingIn, ...inside, ...staff, ...hardExamples()];

function hardExamples(): Example[] {
  return hardNames.flatMap((name) => [
    example(
      `name ${name.slice(0, 12)}`,
      'create-account',
      {
        ...account({ firstName: name, lastName: name, accepted: false }),
        inviterName: name,
        teamName: name,
        email: `${'x'.repeat(64)}@${'long-domain.'.repeat(8)}example`,
      },
      failing(visitor, { field: 'firstName', code: 'name-too-long' }),
    ),
    example(
      `name ${name.slice(0, 12)}`,
      'dashboard',
      {
        ...dashboard,
        teams: [{ name }],
        invitations: [{ name, email: `${'x'.repeat(64)}@example.org`, stage: 'invited', at }],
      },
      { ...visitor, person: { name } },
    ),
  ]);
}
