"""What a sales lead would believe: asked of the published views before anyone reads them."""
