import { at, type Example, example, failing, hardNames, member } from './example.js';
import { supportPeopleExamples, supportPersonExamples } from './support.js';
import { teamExamples } from './team.js';

/** Support's console and team leads' pages. */
export const staff: Example[] = [
  example('nobody waits', 'support-chats', { waiting: [] }, member),
  example(
    'two wait',
    'support-chats',
    {
      waiting: [
        { id: 'one', name: 'Amira Haddad', unread: 1, since: at },
        { id: 'two', name: hardNames[0] ?? '', unread: 3, since: at },
      ],
    },
    member,
  ),
  example(
    'an answer is due',
    'support-conversation',
    {
      id: 'one',
      name: 'Amira Haddad',
      messages: [
        { from: 'person', text: 'Is the address right?', at },
        { from: 'support', text: 'It is now.', at },
      ],
      values: { message: '' },
    },
    member,
  ),
  example(
    'not answered yet',
    'support-conversation',
    {
      id: 'one',
      name: 'Amira Haddad',
      messages: [{ from: 'person', text: 'I have another phone.', at, passwordOnly: true }],
      values: { message: '' },
      waiting: { unread: 2, seen: at },
    },
    member,
  ),
  ...supportPeopleExamples.map(({ name, model }) => example(name, 'support-people', model, member)),
  ...supportPersonExamples.map(({ name, model, errors = [] }) =>
    example(
      name,
      'support-person',
      model,
      failing(member, ...errors.map(([field, code]) => ({ field, code }))),
    ),
  ),
  ...teamExamples.map(({ name, page, model, errors = [] }) =>
    example(name, page, model, failing(member, ...errors)),
  ),
];
