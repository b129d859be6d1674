-- Which template and split would each video have if whole videos were assigned at random?
--
-- One row per draw and video; draw 0 has the true labels, the others shuffle them.
-- example: from shuffled_videos(2)
-- draw: 0 for the true labels, from 1 up to `draws` for random ones.
-- video_id: the video, with its events.
-- template: text of the template assigned to it; as many videos have it as in truth.
-- split: train, validation, test or unassigned, assigned together with the template.
--
-- For permutation tests over whole videos, such as split_tests and divergence_tests. A draw sorts the videos by
-- digest × factor mod 2³¹ - 1, where digest is MD5 of video_id and factor MD5 of seed and draw: the same everywhere.
create or replace macro shuffled_videos(draws integer := 199, seed integer := 0) as table
    with numbers as (
        select unnest(range(1, draws + 1))::integer as draw
    ),

    factors as (
        select
            draw,
            mod(md5_number_lower(seed || ' ' || draw), 2147483646)::bigint + 1 as factor
        from numbers
    ),

    digests as (
        select
            video_id,
            mod(md5_number_lower(video_id), 2147483647)::bigint as digest
        from videos
    ),

    keys as (
        select
            factors.draw,
            digests.video_id,
            mod(digests.digest * factors.factor, 2147483647) as key
        from digests
        cross join factors
    ),

    places as (
        select
            draw,
            video_id,
            row_number() over (partition by draw order by key, video_id) as place
        from keys
        union all
        select
            0 as draw,
            video_id,
            row_number() over (order by video_id) as place
        from videos
    ),

    labels as (
        select
            template,
            split,
            row_number() over (order by video_id) as place
        from video_labels
    )

    select
        places.draw,
        places.video_id,
        labels.template,
        labels.split
    from places
    inner join labels using (place)
