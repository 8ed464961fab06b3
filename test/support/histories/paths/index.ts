import type { Paths } from '../path.js';
import { CORRECTIONS } from './corrections.js';
import { DATABASE } from './database.js';
import { ERASURE } from './erasure.js';
import { MESSAGES } from './messages.js';
import { OTHERS } from './others.js';
import { WAY_IN } from './way-in.js';

export const PATHS: Paths = {
  ...WAY_IN,
  ...CORRECTIONS,
  ...MESSAGES,
  ...ERASURE,
  ...DATABASE,
  ...OTHERS,
};
