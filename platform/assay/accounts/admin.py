from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from assay.accounts.models import AuditEvent, User


@admin.register(User)
class AssayUserAdmin(UserAdmin):
    list_display = ("username", "email", "role", "is_staff", "is_active", "last_login")
    list_filter = ("role", "is_staff", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Assay", {"fields": ("role",)}))
    add_fieldsets = (*UserAdmin.add_fieldsets, ("Assay", {"fields": ("email", "role")}))


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    """Read only, for everyone: an audit log that can be edited is none."""

    list_display = ("at", "actor", "action", "target")
    list_filter = ("action",)
    search_fields = ("target", "action")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False
