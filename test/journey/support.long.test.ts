import assert from 'node:assert/strict';
import { inviteCommand } from '../../admin/commands/invite.js';
import { eventually } from '../support/eventually.js';
import {
  codeFromText,
  createAccount,
  enterCode,
  enterNumber,
  type Invited,
  invited,
  linkFromMail,
  newEmail,
  newNumber,
  PASSWORD,
  untilUnlocked,
  verifyEmail,
} from '../support/journey.js';
import { Person } from '../support/person.js';
import { atTerminal, doctorFindings } from '../support/terminal.js';
import { startWorld, type World } from '../support/world.js';
import { supportPerson } from '../support-console/people.js';

const HOUR = 3_600_000;

describe('support, from the terminal to the end of an account', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const factsOf = async (id: string) => world.store.onboardings.find(id);

  async function toDashboardOf(invitation: Invited): Promise<string> {
    const number = newNumber();
    await enterNumber(invitation, number);
    await enterCode(world, invitation, number);
    await untilUnlocked(invitation);
    await invitation.person.press('start using Huma', { accepted: 'yes' });
    return number;
  }

  it('comes in by invitation, lets a blocked clinician in again, and carries out what else there is', async () => {
    // A clinician misses the 24 hours.
    const clinician = await invited(world);
    await createAccount(clinician);
    await eventually('the 24 hours run', async () => (await factsOf(clinician.id))?.verifyBy);
    world.advance(25 * HOUR);

    // The first member of support is made at the terminal and comes in as everybody does.
    const email = newEmail();
    const { code, lines } = await atTerminal(
      world,
      inviteCommand,
      ...['--email', email, '--role', 'support', '--team', 'support', '--team-name', 'Support'],
      ...['--first-name', 'Robin'],
    );
    assert.equal(code, 0);
    const [id = ''] = lines;
    const me: Invited = {
      id,
      email,
      person: new Person(world.url),
      link: await linkFromMail(world, email, 'invite'),
    };
    await createAccount(me, { firstName: 'Robin', lastName: 'Hart' });
    await verifyEmail(world, me);
    await toDashboardOf(me);
    const { person } = me;
    const text = (section: string) =>
      person.page(`section[aria-labelledby=${section}]`).text().replaceAll(/\s+/g, ' ');

    // Finds the clinician, sees why, and opens a new window.
    await person.open(person.page('main a[href="/support"]').attr('href') ?? '');
    assert.equal(person.heading, 'Support console');
    await person.open(`/support?q=${encodeURIComponent(clinician.email)}`);
    await person.open(person.page('.app-person a').attr('href') ?? '');
    assert.match(text('facts'), /Stage Blocked/);
    assert.match(text('stuck'), /not verified in time.*Suggested: Open a new window/);
    assert.match(text('live'), /The workflow is running/);
    const since = world.inbox.mails.length;
    await person.press('Open a new window', { reason: 'Was on leave' });
    assert.match(person.page('.app-notice[role=status]').text(), /Done: Open a new window/);
    assert.match(text('facts'), /Stage Verifying email/);
    assert.match(text('timeline'), /New window opened.*By Robin Hart.*Reason: Was on leave/);

    // The clinician verifies with the new link and gets in.
    const them = clinician.person;
    await them.open(await linkFromMail(world, clinician.email, 'verify', since));
    await them.press('Verify email');
    await them.press('Sign in', { email: clinician.email, password: PASSWORD });
    assert.equal(them.path, '/phone');
    const number = await toDashboardOf(clinician);
    await person.open(`/support/${clinician.id}`);
    assert.match(text('stuck'), /Not stuck/);
    await eventually('the workflow has ended', async () => {
      await person.open(`/support/${clinician.id}`);
      return /The workflow has ended \(COMPLETED\)/.test(text('live'));
    });

    // Suspended, the clinician is out at once; reinstated, in again.
    await person.press('Suspend', { reason: 'Left for a while' });
    assert.match(text('facts'), /Stage Suspended/);
    assert.equal((await them.open('/dashboard')).path, '/sign-in');
    await person.press('Reinstate', { reason: 'Is back' });
    const texts = world.inbox.texts.length;
    await them.open('/sign-in');
    await them.press('Sign in', { email: clinician.email, password: PASSWORD });
    await them.press('Next', { code: await codeFromText(world, number, texts) });
    assert.equal(them.path, '/dashboard');

    // Erased, nothing of the person is left on the page but what was done.
    await person.open(`/support/${clinician.id}`);
    await person.press('Erase this person', { reason: 'Asked for it' });
    assert.equal(person.heading, 'Removed person');
    assert.doesNotMatch(person.page('main').text(), new RegExp(`Taylor|Asked for it|${clinician.email}`));
    assert.match(text('timeline'), /Erased.*Reinstated.*Suspended.*New window opened/);
    assert.equal((await them.open('/dashboard')).path, '/sign-in');

    // Of all this nothing is left undone.
    await world.sweep();
    assert.deepEqual(await doctorFindings(world), []);
  });

  it('is told when no worker answers, and never shown the database instead', async () => {
    const clinician = await invited(world);
    const me = await supportPerson(world);
    await world.stopWorker();
    await me.person.open(`/support/${clinician.id}`);
    const live = () => me.person.page('section[aria-labelledby=live]').text().replaceAll(/\s+/g, ' ');
    assert.match(live(), /No worker answers\. .*Temporal has it as RUNNING\./);
    assert.doesNotMatch(live(), /Invited/);

    await me.person.press('Withdraw the invitation', { reason: 'Wrong person' });
    assert.match(me.person.page('.app-notice[role=status]').text(), /Accepted: Withdraw the invitation/);
    assert.equal((await factsOf(clinician.id))?.stage, 'revoked');

    await world.startWorker();
    await eventually('it was carried out', async () => {
      await me.person.open(`/support/${clinician.id}`);
      return /The workflow has ended \(COMPLETED\)/.test(live());
    });
    await world.sweep();
    assert.deepEqual(await doctorFindings(world), []);
  });
});
