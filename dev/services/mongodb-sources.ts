import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../supervisor.js';
import { reach } from './download.js';
import type { Source } from './sources.js';
import { findOnPath, installOnce, run, sourceFile } from './tools.js';

/** The command that serves the folder `dir` on a port of 127.0.0.1. */
export type MongoProgram = (place: { dir: string; port: number }) => { command: string; args: string[] };

/** Fixed, since a later server may refuse to open the files of an earlier one. */
const mongodVersion = '8.2.6';

const STAND_IN = ['DocumentStore', 'IndexedDatabase', 'IndexedCollection', 'SecondaryIndex'];

interface Options {
  toolsDir: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

/** Where MongoDB comes from, in this order; the package is a stand-in that speaks its protocol. */
export function mongoSources(options: Options): Source<MongoProgram>[] {
  const { env } = options;
  return [
    { name: 'path', locate: async () => mongod(await findOnPath({ program: 'mongod', env })) },
    { name: 'vendor', locate: async () => mongod(await fromVendor(options)) },
    { name: 'package', locate: async () => documentStore({ home: await fromPackages(options), env }) },
  ];
}

function mongod(command: string): MongoProgram {
  return ({ dir, port }) => ({
    command,
    args: ['--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket', '--quiet'],
  });
}

async function fromVendor({ toolsDir, env, report }: Options): Promise<string> {
  const { DryMongoBinary, MongoBinary } = await import('mongodb-memory-server-core');
  const wanted = { version: mongodVersion, downloadDir: join(toolsDir, 'mongod') };
  const kept = await DryMongoBinary.locateBinary(wanted);
  if (!kept) {
    await reach('https://fastdl.mongodb.org');
    report(`Fetching MongoDB ${mongodVersion} from fastdl.mongodb.org; this happens once.`);
  }
  const program = kept ?? (await MongoBinary.getPath(wanted));
  await run(program, ['--version'], { env });
  return program;
}

/** Installed under a name that changes with its sources, so that a change is compiled anew. */
async function fromPackages({ toolsDir, env, report }: Options): Promise<string> {
  const source = (name: string) => sourceFile(`document-store/${name}`);
  const pom = source('pom.xml');
  const programs = STAND_IN.map((name) => source(`${name}.java`));
  const hash = createHash('sha256');
  for (const file of [pom, ...programs]) hash.update(await readFile(file));
  return installOnce({
    toolsDir,
    name: `document-store-${hash.digest('hex').slice(0, 12)}`,
    install: async (target) => {
      report('Fetching the stand-in for MongoDB with Maven; this happens once.');
      const lib = join(target, 'lib');
      const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${lib}`];
      await run('mvn', ['--batch-mode', '--quiet', '--strict-checksums', '-f', pom, ...goal], { env });
      await run('javac', ['-cp', join(lib, '*'), '-d', join(target, 'classes'), ...programs], { env });
    },
  });
}

async function documentStore({ home, env }: { home: string; env: NodeJS.ProcessEnv }): Promise<MongoProgram> {
  const command = await findOnPath({ program: 'java', env });
  const classPath = `${join(home, 'classes')}:${join(home, 'lib', '*')}`;
  // Memory is a bound, not a need: a document with its place in every index takes some 8 KB, and 100,000 of them may come.
  const quickStart = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx2g'];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  return ({ dir, port }) => ({
    command,
    args: [...quickStart, quiet, '-cp', classPath, 'DocumentStore', join(dir, 'documents.mv'), String(port)],
  });
}
