import { stopSharedServices } from './shared-services.js';

/** Mocha's root fixture: what the first test that needed it has started, the end of the run stops. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopSharedServices();
}
