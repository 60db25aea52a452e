// Mocha loads specs by require() where Node can require ES modules, and hides what import() says when that fails.
// tsx would then compile them to CommonJS, which has no top-level await and gives every module a second instance.
// Told that require() cannot, mocha imports them as the ES modules they are.
Object.defineProperty(process.features, 'require_module', { value: false });
