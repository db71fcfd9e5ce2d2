"""The staff desk."""

from django.contrib import admin

from cases.admin import case, vocabulary  # noqa: F401 -- registers the pages

admin.site.site_header = "普惠金融案例库 · 工作台"
admin.site.site_title = "案例库工作台"
admin.site.index_title = "今天要做的事"
