// OCA's settings for Odoo addons. Indentation comes from .editorconfig.
module.exports = {
    bracketSpacing: false,
    printWidth: 88,
    proseWrap: "always",
    semi: true,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
    plugins: [require.resolve("@prettier/plugin-xml")],
};
