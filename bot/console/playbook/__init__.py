"""运营方案: how a playbook is shown, changed, compared and played; every key comes from its models."""
