export * from '../../../scripts/testing/browser-agent.js';
