import assert from 'node:assert/strict';
import { isOvertaken } from '../../activities/reminders.js';

const remindAt = [300, 600];

describe('a reminder of an invitation', () => {
  it('goes out when it is due, also late, until the next is due', () => {
    for (const at of [300, 599]) assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 1, at }), false);
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 1, at: 600 }), true);
    assert.equal(isOvertaken({ nth: 2, remindAt, invitationOut: 1, at: 650 }), false);
  });

  it('needs an invitation that was out by its time', () => {
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 301, at: 400 }), true);
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: undefined, at: 400 }), true);
    assert.equal(isOvertaken({ nth: 2, remindAt, invitationOut: 301, at: 600 }), false);
  });

  it('brings the link where the invitation was refused', () => {
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 'never', at: 300 }), false);
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 'never', at: 600 }), true);
  });

  it('goes out by a clock that is behind', () => {
    assert.equal(isOvertaken({ nth: 1, remindAt, invitationOut: 1, at: 250 }), false);
  });
});
