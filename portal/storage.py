from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Static files named by their content, each compressed; what a JavaScript module imports is renamed with it.

    Django leaves imports alone unless asked, and a module would then import files cached under their plain names.
    """

    support_js_module_import_aggregation = True
