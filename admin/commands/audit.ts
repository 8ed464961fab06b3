import { parseArgs } from 'node:util';
import { type Command, UsageError } from '../command.js';

export const auditCommand: Command = {
  help: `audit [--expect NUMBER:HASH]
    Goes through the whole audit trail and its checkpoints and prints what was edited, deleted or cut
    off. Exit code 1 where anything was. Prints the last checkpoint: noted outside of the database and
    given to a later run as --expect, it also shows a trail that was cut together with its checkpoints.`,

  async run({ store: { audit } }, args, say) {
    const { values } = parseArgs({ args: [...args], options: { expect: { type: 'string' } } });
    let found = 0;
    for await (const { kind, id } of audit.breaks()) {
      found++;
      say(`${kind}  ${id}`);
    }
    if (values.expect !== undefined) {
      const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(values.expect) ?? [];
      if (number === undefined) throw new UsageError('--expect must be the number and hash of a checkpoint');
      const expected = await audit.checkpoints.find(Number(number));
      if (expected?.hash !== hash) {
        found++;
        say(`expected-checkpoint  ${number}`);
      }
    }
    const last = await audit.checkpoints.last();
    say(last ? `Last checkpoint: ${last._id}:${last.hash} (${last.at.toISOString()})` : 'No checkpoint yet.');
    say(found === 0 ? 'The audit trail is whole.' : `${found} found.`);
    return found === 0 ? 0 : 1;
  },
};
