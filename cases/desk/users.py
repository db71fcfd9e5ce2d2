"""Accounts: a 管理员 makes and changes those of staff, and cannot make anyone, or themselves, more than that."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp import devices_for_user

User = get_user_model()
admin.site.unregister(User)
admin.site.unregister(Group)

NAMES = ("姓名与邮箱", {"fields": ("last_name", "first_name", "email")})
POWERS = (
    "权限",
    {
        "fields": ("is_active", "is_staff", "groups"),
        "description": "编辑：写草稿、送审。审核：退回、发布、归档。管理员：以上全部，加机构、标签、案例集和账号。",
    },
)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Without single permissions: the three groups say all."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        NAMES,
        POWERS,
        ("登录", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        NAMES,
        ("权限", {"fields": ("is_staff", "groups")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    list_display = ("username", "full_name", "email", "group_names", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    actions = ("drop_second_factor_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        users = super().get_queryset(request).prefetch_related("groups")
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not change and not user.is_staff and user.groups.exists():
            # Who is put into a group is to work here: without this the new account could not log in.
            user.is_staff = True
            user.save(update_fields=["is_staff"])

    @admin.action(description="取消两步验证（换了手机、备用码也没有了）", permissions=["change"])
    def drop_second_factor_selected(self, request: HttpRequest, users: QuerySet) -> None:
        for user in users:
            for device in devices_for_user(user, confirmed=None):
                device.delete()
            self.log_change(request, user, "取消了两步验证")
        self.message_user(request, "已取消。下次登录时可以重新设置。")

    @admin.display(description="姓名")
    def full_name(self, user) -> str:
        return f"{user.last_name}{user.first_name}"

    @admin.display(description="组")
    def group_names(self, user) -> str:
        return "超级用户" if user.is_superuser else "、".join(group.name for group in user.groups.all())
