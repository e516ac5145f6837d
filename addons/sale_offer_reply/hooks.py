def pre_init_hook(env):
    """Create the stored columns empty, so that existing orders keep their way.

    Quotations that were sent before the addon came must not change under the eyes of
    their customers, and a large database must not compute every line at install.
    """
    env.cr.execute(
        """
        ALTER TABLE sale_order
            ADD COLUMN IF NOT EXISTS offer_reply_enabled boolean,
            ADD COLUMN IF NOT EXISTS offer_allow_unsure boolean,
            ADD COLUMN IF NOT EXISTS offer_status varchar,
            ADD COLUMN IF NOT EXISTS offer_yes_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS offer_unsure_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS offer_no_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS offer_open_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS offer_totals jsonb;
        ALTER TABLE sale_order_line
            ADD COLUMN IF NOT EXISTS offer_published boolean DEFAULT true,
            ADD COLUMN IF NOT EXISTS offer_terms text,
            ADD COLUMN IF NOT EXISTS offer_line_status varchar,
            ADD COLUMN IF NOT EXISTS offer_amount numeric;
        """
    )
