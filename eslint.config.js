import js from "@eslint/js";

export default [
  { ignores: [".venv*/", "dist/", "build/"] },
  { files: ["static/**/*.js", "tests/**/*.{js,mjs}", "*.js"], ...js.configs.recommended },
  {
    files: ["static/**/*.js", "tests/**/*.{js,mjs}", "*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off", // TypeScript knows the browser's names
      curly: "off",
      eqeqeq: "error",
      "no-implicit-coercion": "error",
      "no-param-reassign": "error",
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
];
