import { describeRotation } from './describe-rotation.js';

describeRotation({ logins: 10_000, lanes: 8, milliseconds: 3_600_000 });
