import { mkdir } from 'node:fs/promises';
import mongoose from 'mongoose';
import { supervise } from '../supervisor.js';
import { mongoSources } from './mongodb-sources.js';
import { claimPort } from './ports.js';
import { givenService, type Service, type ServiceOptions } from './service.js';
import { chooseSource } from './sources.js';
import { defaultToolsDir } from './tools.js';

export interface MongoService extends Service {
  readonly uri: string;
}

/**
 * MongoDB, or its stand-in, on 127.0.0.1 with its data in `<dataDir>/mongodb`; resolves once it answers a ping. With a
 * URI nothing is started. Throws an Error that says what was tried where no server can be found.
 */
export async function startMongo(options: { uri: string } | ServiceOptions): Promise<MongoService> {
  if ('uri' in options) return { ...givenService('mongodb'), uri: options.uri };
  const { dataDir, toolsDir = defaultToolsDir, env, report, restart = false } = options;
  const { source, program } = await chooseSource({
    service: 'mongodb',
    dir: dataDir,
    sources: mongoSources({ toolsDir, env, report }),
    advice: 'Install MongoDB, or a JDK (17 or later) with Maven for the stand-in, or set MONGODB_URI.',
    report,
  });
  const port = await claimPort({ port: options.port, service: 'MongoDB' });
  const dir = `${dataDir}/mongodb`;
  await mkdir(dir, { recursive: true });
  // A lone mongod acknowledges before its journal is on disk unless asked to wait for it.
  const uri = `mongodb://127.0.0.1:${port}/onboarding?directConnection=true&w=majority&journal=true`;
  const { command, args } = program({ dir, port });
  const ready = () => ping(uri);
  const server = await supervise({ name: 'mongodb', command, args, env, dataDir, ready, restart, report });
  return Object.assign(server, { source, uri });
}

async function ping(uri: string) {
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db().command({ ping: 1 });
  } finally {
    await client.close();
  }
}
