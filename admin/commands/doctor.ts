import { parseArgs } from 'node:util';
import { diagnoseBatches, repairBatch } from '../batch-findings.js';
import type { Command } from '../command.js';
import { diagnose } from '../diagnose.js';
import { repair } from '../repair.js';

export const doctorCommand: Command = {
  help: `doctor [--repair]
    Compares every onboarding with its workflow, its messages and its audit trail, and every batch
    that is not done with its workflow, and prints what does not fit. Exit code 1 where anything does
    not. A worker has to be there. --repair also nudges the workflows, has another one take over where
    one has ended or knows of later steps than the database, and files what the audit trail lacks; run
    doctor again a minute later to see what is left.`,

  async run(services, args, say) {
    const { values } = parseArgs({ args: [...args], options: { repair: { type: 'boolean' } } });
    let found = 0;
    const tell = async (line: (string | undefined)[], mend: () => Promise<boolean>) => {
      found++;
      say(line.filter(Boolean).join('  '));
      if (values.repair) say(`  ${(await mend()) ? 'repaired as far as it can be' : 'needs a person'}`);
    };
    for await (const finding of diagnose(services)) {
      const { onboarding, problem, detail } = finding;
      await tell([onboarding._id, onboarding.stage, problem, detail], () => repair(services, finding));
    }
    for await (const finding of diagnoseBatches(services)) {
      const { batch, problem, detail } = finding;
      await tell([batch._id, 'batch', problem, detail], () => repairBatch(services, finding));
    }
    say(found === 0 ? 'Nothing found.' : `${found} found.`);
    return found === 0 ? 0 : 1;
  },
};
