import { defineSignal } from '@temporalio/workflow';

/** Names that the bare workflow and those who talk to it share. */
export const bareSignal = defineSignal('next');

export const BARE_QUEUE = 'bench-bare';
/** Nobody polls it. */
export const UNATTENDED_QUEUE = 'bench-unattended';
